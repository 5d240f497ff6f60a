#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discs changed while Linux runs, on the built-in engine in the lab: the machine starts from the first
one by GRUB, and its shell, typed at, mounts, ejects and reads what is put in from outside.

    test_discs.py --build FOLDER
"""

import os
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
import lab_machines  # noqa: E402
import linux_guest  # noqa: E402

BUILD = ""
MODULES = ["ahci", "sr_mod", "isofs"]
# Does what is typed at the console, and prints to the serial port.
SCRIPT = """
for i in $(seq 100); do [ -b /dev/sr0 ] && break; sleep 0.1; done
echo 500 > /sys/block/sr0/events_poll_msecs
echo GUEST listens
exec 3< /dev/tty1
while read -r line <&3; do eval "$line"; done 2>&1
"""
MOUNT = "mount -r -t iso9660 /dev/sr0 /mnt && cat /mnt/contents; echo mount $?"


def make_discs(folder):
    """one.iso boots; two.iso and three.iso only hold a file."""
    initrd = linux_guest.files(SCRIPT, MODULES)
    with open(BUILD + "/tests/guests/tray", "rb") as program:
        initrd["bin/tray"] = (stat.S_IFREG | 0o755, program.read())
    lab_machines.make_linux_disc(folder, "one", initrd, [("contents", "CONTENTS of one\n")])
    for name in ("two", "three"):
        tree = f"{folder}/{name}.tree"
        os.makedirs(tree)
        with open(tree + "/contents", "w", encoding="utf-8") as file:
            file.write(f"CONTENTS of {name}\n")
        lab_machines.made(["xorriso", "-as", "mkisofs", "-quiet", "-V", name.upper(), "-R",
                           "-o", f"{folder}/{name}.iso", tree])


class Discs(lab_machines.Case):
    LIMIT = 1400

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_discs(cls.session.out)
        cls.machine = lab_machines.Product(cls.session, BUILD, "discs")
        cls.machine.modify("--memory", "384", "--uart1", "0x3F8", "4", "--uart-mode1", "file",
                           "/tmp/lab/serial")
        cls.machine.add_disc("/tmp/lab/one.iso")
        cls.machine.start()
        cls.session.wait(lambda: "GUEST listens" in cls.serial(), 700, "the guest's shell")

    @classmethod
    def serial(cls):
        return cls.session.log("serial")

    def guest(self, command, expected, timeout=60):
        """Types it into the guest's shell; what the guest printed until a line with `expected` came."""
        before = len(self.serial())
        self.machine.control("keyboardputstring", command + "\n")
        self.session.wait(lambda: expected in self.serial()[before:], timeout,
                          f"\"{expected}\" after typing \"{command}\"; the guest: {self.serial()}")
        return self.serial()[before:]

    def put_in(self, disc, *words, check=True):
        return self.machine.ctl("storageattach", "discs", "--storagectl", "SATA", "--port", "0", "--device", "0",
                                "--type", "dvddrive", "--medium", disc, *words, check=check)

    def drive(self):
        text = self.machine.ctl("showvminfo", "discs", "--machinereadable").text
        return next((line.split('"')[3] for line in text.splitlines() if line.startswith('"SATA-0-0"')), "")

    def test_discs_change_hands(self):
        self.assertIn("CONTENTS of one", self.guest(MOUNT, "mount 0"))

        with self.subTest("what is mounted stays"):
            self.guest("tray /dev/sr0 eject", "TRAY eject: refused")
            refused = self.put_in("/tmp/lab/two.iso", check=False)
            self.assertNotEqual(refused.code, 0)
            self.assertIn("locked", refused.text)
            self.assertEqual(self.drive(), "/tmp/lab/one.iso")
            self.assertIn("CONTENTS of one", self.guest("cat /mnt/contents; echo read $?", "read 0"))

        with self.subTest("the guest ejects, and the machine knows"):
            self.guest("umount /mnt; tray /dev/sr0 eject", "TRAY eject: done")
            self.session.wait(lambda: self.drive() == "emptydrive", 30, "the drive to be empty")
            self.guest("tray /dev/sr0 status", "TRAY status: open")

        with self.subTest("the next disc is read"):
            self.put_in("/tmp/lab/two.iso")
            self.assertEqual(self.drive(), "/tmp/lab/two.iso")
            self.assertIn("CONTENTS of two", self.guest(MOUNT, "mount 0"))
            # The name of the volume, past what the kernel may still have of the old one.
            self.guest("dd if=/dev/sr0 bs=1 skip=32808 count=3 2>/dev/null; echo -name", "TWO-name")

        with self.subTest("what is not in use is exchanged at once"):
            self.guest("umount /mnt; echo umount $?", "umount 0")
            self.put_in("/tmp/lab/three.iso")
            self.assertIn("CONTENTS of three", self.guest(MOUNT, "mount 0"))

        with self.subTest("by force also what is in use"):
            self.put_in("/tmp/lab/one.iso", "--forceunmount")
            self.guest("umount /mnt; echo umount $?", "umount 0")
            self.assertIn("CONTENTS of one", self.guest(MOUNT, "mount 0"))

        with self.subTest("an empty drive has an open tray"):
            self.guest("umount /mnt; echo umount $?", "umount 0")
            self.put_in("emptydrive")
            self.guest("tray /dev/sr0 status", "TRAY status: open")


if __name__ == "__main__":
    lab_machines.run_tests(sys.modules[__name__])
