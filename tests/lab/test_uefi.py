#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""UEFI (OVMF) on the built-in engine in the lab, the product around it: its shell, typed at; Linux
started from an ISO by GRUB for UEFI, which keeps a boot entry over a power-off; Debian's graphical
installer; Secure Boot, which starts what Debian has had signed and refuses what nobody has.

    test_uefi.py --build FOLDER

Skipped where the lab's QEMU cannot do it (lab.has_uefi).
"""

import os
import pathlib
import stat
import struct
import sys
import unittest
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import installer_page  # noqa: E402
import lab  # noqa: E402
import lab_machines  # noqa: E402
import linux_guest  # noqa: E402

BUILD = ""
DOWN = ("e0", "50")
ESCAPE = "01"
# UEFI specification 2.9, 3.3: the global variables.
GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
ENTRY = "Boot0042"
SCRIPT = f"""
mount -t efivarfs efivarfs /sys/firmware/efi/efivars && echo GUEST runs by UEFI
cd /sys/firmware/efi/efivars
order=BootOrder-{GLOBAL}
dd if=/entry of={ENTRY}-{GLOBAL} bs=4096 2>/dev/null || echo GUEST cannot write its entry
(printf '\\7\\0\\0\\0\\102\\0'; tail -c +5 $order) > /order
dd if=/order of=$order bs=4096 2>/dev/null || echo GUEST cannot change the order
for table in /sys/firmware/acpi/tables/[A-Z]*; do echo GUEST table $(basename $table); done
cd /
"""
# What stands behind the entry, on the disk.
LOADER = """
echo GUEST was started by its entry
halt
"""
SECURE_SCRIPT = f"""
mount -t efivarfs efivarfs /sys/firmware/efi/efivars
echo GUEST secure boot is $(tail -c 1 /sys/firmware/efi/efivars/SecureBoot-{GLOBAL} | od -An -tu1)
"""
SIGNED = "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64"
SIGNED_GRUB = """
set timeout=0
linux /vmlinuz console=ttyS0 panic=-1 quiet pci=noearly
initrd /initrd
boot
"""
PARTITION = bytes(range(16))  # its GUID
FIRST, SECTORS = 2048, 65536


def entry():
    """What efibootmgr would write for a system on a disk's first partition: attributes (kept, for the
    firmware and the system), then an EFI_LOAD_OPTION (3.1.3)."""
    path = "\\EFI\\vitrine\\test.efi\0".encode("utf-16le")
    # A partition by its GUID (10.3.5.1), a file (10.3.5.4), the end.
    nodes = struct.pack("<BBHIQQ16sBB", 4, 1, 42, 1, FIRST, SECTORS, PARTITION, 2, 2)
    nodes += struct.pack("<BBH", 4, 4, 4 + len(path)) + path
    nodes += struct.pack("<BBH", 0x7F, 0xFF, 4)
    option = struct.pack("<IH", 1, len(nodes)) + "Kept by Vitrine\0".encode("utf-16le") + nodes
    return struct.pack("<I", 7) + option


def make_entry_disk(folder):
    """disk.img: with the loader. The firmware forgets entries of disks that are not there."""
    config, loader = (f"{folder}/{name}" for name in ("loader.cfg", "test.efi"))
    with open(config, "w", encoding="utf-8") as file:
        file.write(LOADER)
    lab_machines.made(["grub-mkimage", "-O", "x86_64-efi", "-o", loader, "-p", "/EFI", "-c", config,
                       "normal", "echo", "halt"])
    make_disk(folder, {"EFI/vitrine/test.efi": loader})


def make_signed_disk(folder):
    """disk.img: Debian's shim, its GRUB and its kernel, all as they were signed, for a guest that tells."""
    if not os.path.isdir(SIGNED):
        raise unittest.SkipTest("Debian's signed loaders are not installed: package "
                                "debian-installer-12-netboot-amd64")
    kernel, initrd = linux_guest.write(folder, SECURE_SCRIPT, ["efivarfs"])
    with open(f"{folder}/signed.cfg", "w", encoding="utf-8") as file:
        file.write(SIGNED_GRUB)
    make_disk(folder, {"EFI/BOOT/BOOTX64.EFI": f"{SIGNED}/bootnetx64.efi", "EFI/BOOT/grubx64.efi": f"{SIGNED}/grubx64.efi",
                       "debian-installer/amd64/grub/grub.cfg": f"{folder}/signed.cfg",
                       "vmlinuz": kernel, "initrd": initrd})


def make_disk(folder, files):
    """disk.img: one partition of UEFI's kind, with the files: {place: source}."""
    disk, part = (f"{folder}/{name}" for name in ("disk.img", "part.img"))
    for path, sectors in ((disk, FIRST + SECTORS + 2048), (part, SECTORS)):
        with open(path, "wb") as file:
            file.truncate(512 * sectors)
    guid = str(uuid.UUID(bytes_le=PARTITION))
    lab_machines.made(["sfdisk", "-q", disk], f"label: gpt\nstart={FIRST}, size={SECTORS}, type=U, uuid={guid}\n")
    lab_machines.made(["mformat", "-i", part, "-T", str(SECTORS), "-h", "64", "-s", "32", "::"])
    folders = {str(parent) for place in files for parent in pathlib.PurePath(place).parents} - {"."}
    for name in sorted(folders):
        lab_machines.made(["mmd", "-i", part, f"::{name}"])
    for place, source in files.items():
        lab_machines.made(["mcopy", "-i", part, source, f"::{place}"])
    with open(part, "rb") as source, open(disk, "r+b") as target:
        target.seek(512 * FIRST)
        target.write(source.read())


class Uefi(lab_machines.Case):
    LIMIT = 3300

    def machine(self, name, memory):
        machine = lab_machines.Product(self.session, BUILD, name)
        machine.modify("--firmware", "efi", "--memory", memory, "--uart1", "0x3F8", "4",
                       "--uart-mode1", "file", f"/tmp/lab/{name}.serial")
        return machine

    def wait_for_serial(self, name, text, timeout, after=0):
        self.session.wait(lambda: text in self.session.log(name + ".serial")[after:], timeout,
                          f"\"{text}\" on the serial port, which has: {self.session.log(name + '.serial')}")

    def test_an_entry_survives_power_off(self):
        files = linux_guest.files(SCRIPT, ["efivarfs"])
        files["entry"] = (stat.S_IFREG | 0o644, entry())
        lab_machines.make_linux_disc(self.session.out, "linux", files)
        make_entry_disk(self.session.out)
        self.session.run("cp /tmp/lab/disk.img /run/disk.img")
        machine = self.machine("entry", 512)
        machine.add_disc("/tmp/lab/linux.iso")
        machine.add_disk("/run/disk.img", 1)
        # Nothing on the disk is found yet, so the disc is next.
        machine.start()
        self.wait_for_serial("entry", "GUEST done", 900)
        machine.wait_for_state("poweroff", 60)
        first = self.session.log("entry.serial")
        self.assertIn("GUEST runs by UEFI", first)
        self.assertNotIn("GUEST cannot", first)
        for table in ("FACP", "APIC", "MCFG", "DSDT"):
            self.assertIn(f"GUEST table {table}", first)
        kept = machine.ctl("modifynvram", "entry", "queryvar", "--name", ENTRY).text
        self.assertIn(entry()[4:].hex(), "".join(kept.split()).lower())

        machine.start()
        self.wait_for_serial("entry", "GUEST was started by its entry", 900, len(first))
        machine.wait_for_state("poweroff", 120)

    def test_secure_boot_starts_what_is_signed(self):
        make_signed_disk(self.session.out)
        self.session.run("cp /tmp/lab/disk.img /run/signed.img")
        machine = self.machine("signed", 768)
        machine.modify("--secure-boot", "on")
        machine.add_disk("/run/signed.img", 1)
        machine.start()
        self.wait_for_serial("signed", "GUEST done", 1200)
        self.assertIn("GUEST secure boot is 1", self.session.log("signed.serial"))

    def test_secure_boot_refuses_what_is_not_signed(self):
        lab_machines.make_linux_disc(self.session.out, "unsigned", linux_guest.files())
        machine = self.machine("unsigned", 512)
        machine.modify("--secure-boot", "on")
        machine.add_disc("/tmp/lab/unsigned.iso")
        machine.start()
        self.wait_for_serial("unsigned", "Access Denied", 900)
        self.assertNotIn("GUEST", self.session.log("unsigned.serial"))
        machine.power_off()

    def test_the_shell_hears_the_keyboard(self):
        machine = self.machine("shell", 256)
        machine.start()
        self.wait_for_serial("shell", "startup.nsh", 900)
        machine.press(ESCAPE)
        self.wait_for_serial("shell", "Shell>", 120)
        machine.keep(machine.screenshot(), "prompt")
        before = len(self.session.log("shell.serial"))
        machine.control("keyboardputstring", "echo typed by a test\n")
        self.wait_for_serial("shell", "typed by a test", 120, before)
        # The firmware's own reset, and its own power-off.
        before = len(self.session.log("shell.serial"))
        machine.control("keyboardputstring", "reset\n")
        self.wait_for_serial("shell", "startup.nsh", 900, before)
        machine.press(ESCAPE)
        self.wait_for_serial("shell", "Shell>", 120, before)
        machine.control("keyboardputstring", "reset -s\n")
        machine.wait_for_state("poweroff", 120)

    def test_the_installer_appears(self):
        machine = self.machine("installer", 1280)
        machine.add_disc(lab_machines.make_installer("gtk"))
        machine.start()
        page = machine.wait_for(installer_page.is_reached, 1500, "the list of languages")
        machine.keep(page, "uefi-languages")
        machine.press(DOWN)
        moved = machine.wait_for(lambda seen: installer_page.bar(seen) not in
                                 (None, installer_page.bar(page)), 120, "the selection to move")
        self.assertGreater(installer_page.bar(moved)[0], installer_page.bar(page)[0])
        machine.power_off()


if __name__ == "__main__":
    if not lab.has_uefi():
        print("The lab's QEMU cannot run UEFI on KVM: 7.2 to 10.0 end in an assertion when a guest of the "
              "lab writes CR8, and this one is not known well enough to do without (VITRINE_LAB_UEFI says otherwise)")
        sys.exit(lab.SKIP)
    lab_machines.run_tests(sys.modules[__name__])
