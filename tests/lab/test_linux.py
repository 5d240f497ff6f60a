#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An unmodified Debian kernel on the built-in engine, in the KVM lab: userspace, several vCPUs,
disks, power-off, and what it costs in exits to the engine, beside QEMU with the same devices.

    test_linux.py --build FOLDER [--alone]

--alone: without QEMU, which now and then hangs in the lab.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
import linux_guest  # noqa: E402

BUILD = ""
IS_ALONE = False
MODULES = ["virtio_pci", "virtio_blk", "ahci", "sd_mod", "crct10dif_generic"]
# Written and read back by the guest on the disk of each kind.
DISK_SCRIPT = """
for disk in vda sda; do
    for i in $(seq 50); do [ -b /dev/$disk ] && break; sleep 0.1; done
    dd if=/dev/urandom of=/pattern bs=64k count=16 2> /dd.log || cat /dd.log
    dd if=/pattern of=/dev/$disk bs=64k seek=3 conv=fsync 2> /dd.log || cat /dd.log
    echo 3 > /proc/sys/vm/drop_caches
    dd if=/dev/$disk bs=64k skip=3 count=16 2>/dev/null | cmp - /pattern && echo "GUEST $disk good"
done
"""
# pci=noearly: on AMD processors Linux looks for an AGP bridge on 256 buses otherwise, 25,000 exits.
# Both engines in one lab run, one after the other, with the same guest. The kernel counts what it
# hands to userspace.
RUN = """
set -u
cd {project}
events=/sys/kernel/tracing/events/kvm/kvm_userspace_exit
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
count() {{
    if [ -e $events/hist ]; then
        echo '!hist:keys=reason' > $events/trigger 2>/dev/null
        echo 'hist:keys=reason' > $events/trigger
    fi
    "$@"
    echo "code $?" >&2
    cat $events/hist > $LAB_OUT/$name.hist 2>/dev/null
    echo '!hist:keys=reason' > $events/trigger 2>/dev/null
}}
truncate -s 64M /run/virtio.img /run/sata.img
name=one
count {build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --append "console=ttyS0 panic=-1 quiet pci=noearly" \\
    --memory 384 --timeout 200 --statistics $LAB_OUT/one.json --virtio-disk /run/virtio.img --disk /run/sata.img \\
    > $LAB_OUT/one.log 2>&1
name=four
count {build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --append "console=ttyS0 panic=-1 quiet pci=noearly" \\
    --memory 384 --timeout 200 --cpus 4 --board i440fx --statistics $LAB_OUT/four.json > $LAB_OUT/four.log 2>&1
"""
RUN_QEMU = """
name=qemu
count {qemu} -accel kvm -M q35 -cpu host -m 384 -nodefaults -display none -serial stdio -no-reboot -vga std \\
    -kernel {kernel} -initrd $LAB_OUT/guest-initrd -append "console=ttyS0 panic=-1 quiet pci=noearly" \\
    -device virtio-rng-pci,disable-legacy=on -device virtio-tablet-pci \\
    -drive if=none,id=v,format=raw,file=/run/virtio.img -device virtio-blk-pci,drive=v,disable-legacy=on \\
    -drive if=none,id=s,format=raw,file=/run/sata.img -device ide-hd,drive=s,bus=ide.0 \\
    > $LAB_OUT/qemu.log 2>&1
"""


class Linux(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        out = cls.folder.name
        kernel, _ = linux_guest.write(out, DISK_SCRIPT, MODULES)
        with open(out + "/run.sh", "w", encoding="utf-8") as file:
            script = RUN if IS_ALONE else RUN + RUN_QEMU
            file.write(script.format(project=lab.PROJECT, build=BUILD, kernel=kernel, qemu=lab.qemu()))
        try:
            cls.code, cls.text = lab.run(["sh", "/tmp/lab/run.sh"], timeout=700, out=out)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def log(self, name):
        path = f"{self.folder.name}/{name}"
        if not os.path.exists(path):
            self.fail(f"the lab left no {name}: {self.text}")
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def exits(self, name):
        """What the kernel counted, or None where it cannot."""
        try:
            text = self.log(name + ".hist")
        except AssertionError:
            return None
        found = re.search(r"Hits: (\d+)", text)
        return int(found.group(1)) if found else None

    def test_one_vcpu_reaches_userspace_and_switches_off(self):
        text = self.log("one.log")
        self.assertIn("GUEST userspace, 1 processors, kvm-clock", text)
        self.assertIn("GUEST done", text)
        self.assertIn("[good after", text)

    def test_disks_hold_what_was_written(self):
        text = self.log("one.log")
        self.assertIn("GUEST vda good", text)
        self.assertIn("GUEST sda good", text)

    def test_four_vcpus_on_the_other_board(self):
        text = self.log("four.log")
        self.assertIn("GUEST userspace, 4 processors", text)
        self.assertIn("[good after", text)

    @unittest.skipIf("--alone" in sys.argv, "without QEMU")
    def test_no_more_exits_than_qemu(self):
        ours, theirs = self.exits("one"), self.exits("qemu")
        statistics = json.loads(self.log("one.json"))
        print(f"exits to userspace: ours {ours} ({statistics['total']} by our count), QEMU's {theirs}")
        if not ours or not theirs:
            self.skipTest("the lab's kernel does not count exits")
        self.assertIn("GUEST done", self.log("qemu.log"))
        self.assertLessEqual(ours, theirs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--alone", action="store_true")
    arguments, rest = parser.parse_known_args()
    BUILD = os.path.abspath(arguments.build)
    IS_ALONE = arguments.alone
    try:
        lab.kernel()
        lab.busybox()
    except lab.NoLab as why:
        print("The KVM lab cannot be had:", why)
        sys.exit(lab.SKIP)
    unittest.main(argv=[sys.argv[0], "-v"] + rest)
