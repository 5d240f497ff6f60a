#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TPM 2.0 in the KVM lab, played by swtpm: SeaBIOS measures into it, Linux' tpm_crb drives it, its
registers are extended, and a reset of the machine starts it anew.

    test_tpm.py --build FOLDER
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
import linux_guest  # noqa: E402

BUILD = ""
MODULES = ["virtio_pci", "virtio_blk"]  # the TPM's driver is in Debian's kernel
# TPM2_PCR_Extend of PCR 16 with the password's empty session, in the bank of SHA-256, with 32 times "U".
EXTEND = "8002 00000041 00000182 00000010 00000009 40000009 0000 00 0000 00000001 000b" + "55" * 32
# TPM2_GetRandom of 16 bytes.
RANDOM = "8001 0000000c 0000017b 0010"


def octal(text):
    """For the shell's printf."""
    return "".join(f"\\{byte:03o}" for byte in bytes.fromhex(text))


# The first byte of the disk says whether this is the second time.
SCRIPT = f"""
for i in $(seq 50); do [ -b /dev/vda ] && break; sleep 0.1; done
boot=$(dd if=/dev/vda bs=1 count=1 2> /dev/null | grep -c X)
mount -t securityfs securityfs /sys/kernel/security
tpm=/sys/class/tpm/tpm0
echo "GUEST boot $boot driver $(basename $(readlink $tpm/device/driver)) version $(cat $tpm/tpm_version_major)"
echo "GUEST boot $boot log $(wc -c < /sys/kernel/security/tpm0/binary_bios_measurements)"
for pcr in 0 4 16; do echo "GUEST boot $boot before $pcr $(cat $tpm/pcr-sha256/$pcr)"; done
ask() {{
    exec 3<> /dev/tpm0
    printf "$1" >&3
    echo "GUEST boot $boot $2 $(dd bs=4096 count=1 <&3 2> /dev/null | od -An -v -tx1 | tr -d ' \\n')"
    exec 3>&-
}}
ask '{octal(EXTEND)}' extended
ask '{octal(RANDOM)}' random
ask '{octal(RANDOM)}' random
echo "GUEST boot $boot after 16 $(cat $tpm/pcr-sha256/16)"
if [ $boot = 0 ]; then
    printf X | dd of=/dev/vda conv=notrunc,fsync 2> /dev/null
    reboot -f
fi
"""
RUN = """
cd {project}
mkdir /run/tpm
swtpm socket --tpm2 --tpmstate dir=/run/tpm --ctrl type=unixio,path=/run/tpm.sock --terminate &
while [ ! -S /run/tpm.sock ]; do sleep 0.2; done
truncate -s 1M /run/disk.img
{build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --tpm /run/tpm.sock \\
    --virtio-disk /run/disk.img --append "console=ttyS0 panic=-1 quiet pci=noearly" --memory 320 \\
    --timeout 900 --board {board} --statistics $LAB_OUT/statistics.json > $LAB_OUT/guest.log 2>&1
code=$?
wait
exit $code
"""
ZERO = "0" * 64


class Tpm(unittest.TestCase):
    board = "q35"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        out = cls.folder.name
        if not shutil.which("swtpm"):
            print("swtpm is not installed (package swtpm)")
            sys.exit(lab.SKIP)
        try:
            kernel, _ = linux_guest.write(out, SCRIPT, MODULES)
            with open(out + "/run.sh", "w", encoding="utf-8") as file:
                file.write(RUN.format(project=lab.PROJECT, build=BUILD, kernel=kernel, board=cls.board))
            cls.code, cls.text = lab.run(["sh", "/tmp/lab/run.sh"], timeout=1300, out=out)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)
        path = out + "/guest.log"
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                cls.text += file.read()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def said(self, boot, what):
        return re.findall(rf"GUEST boot {boot} {what} (.*?)\r?$", self.text, re.MULTILINE)

    def test_the_guest_came_to_its_end(self):
        self.assertEqual(self.code, 0, self.text)
        self.assertIn("GUEST done", self.text)

    def test_linux_has_its_driver(self):
        for boot in (0, 1):
            self.assertEqual(self.said(boot, "driver"), ["tpm_crb version 2"], self.text)

    def test_firmware_measured_and_kept_a_log(self):
        for boot in (0, 1):
            self.assertGreater(int(self.said(boot, "log")[0]), 100, self.text)
            for pcr in (0, 4):
                value = self.said(boot, f"before {pcr}")[0]
                self.assertRegex(value, "^[0-9A-F]{64}$")
                self.assertNotEqual(value, ZERO, f"PCR {pcr}")
            # The same each time.
            self.assertEqual(self.said(boot, "before 0"), self.said(0, "before 0"))

    def test_commands_are_answered(self):
        for boot in (0, 1):
            self.assertEqual(self.said(boot, "extended")[0][:20], "80020000001300000000", self.text)
            numbers = self.said(boot, "random")
            self.assertEqual(len(set(numbers)), 2, self.text)
            for number in numbers:
                self.assertRegex(number, "^80010000001c000000000010[0-9a-f]{32}$")

    def test_registers_are_extended_until_the_machine_is_reset(self):
        for boot in (0, 1):
            self.assertEqual(self.said(boot, "before 16"), [ZERO], self.text)
            self.assertNotEqual(self.said(boot, "after 16"), [ZERO], self.text)
        self.assertEqual(self.said(0, "after 16"), self.said(1, "after 16"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    options, rest = parser.parse_known_args()
    BUILD = os.path.abspath(options.build)
    unittest.main(argv=[sys.argv[0]] + rest)
