# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab: QEMU with the devices that lab_machine.Machine has, to compare with."""

import subprocess

import lab_machine


class Qemu(lab_machine.Machine):
    """The same machine without the product."""

    vga = "std"
    extra = ()  # words for more devices

    def make(self):
        pass

    def start(self, kind="headless"):
        self._process = subprocess.Popen(
            ["setpriv", f"--reuid={lab_machine.USER}", f"--regid={lab_machine.USER}", "--clear-groups",
             "qemu-system-x86_64", "-accel", "kvm", "-M", "q35", "-cpu", "host", "-m", str(self.memory),
             "-nodefaults", "-display", "none", "-vga", self.vga, "-serial", f"unix:{self.serial_path},server=on,wait=off",
             "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net", "-device", "qemu-xhci",
             "-device", "usb-tablet", "-device", "virtio-rng-pci", "-drive", f"if=none,id=disk,file={self.layer},format=qcow2",
             "-device", "virtio-blk-pci,drive=disk,bootindex=0", *map(str, self.extra)],
            stdin=subprocess.DEVNULL, cwd=lab_machine.HOME)

    def power_off(self):
        self._process.terminate()
        self._process.wait()
