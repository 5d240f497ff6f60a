# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_memory.py: what a headless machine costs beyond its guest's memory, with the
same guest and the same devices on the built-in engine and on QEMU.

    inside_memory.py BUILD DISK
"""

import json
import subprocess
import sys

import lab_machine
from lab_machine import PATIENCE

MEMORY = 256


class Qemu(lab_machine.Machine):
    """The same machine without the product."""

    def make(self):
        pass

    def start(self, kind="headless"):
        self._process = subprocess.Popen(
            ["setpriv", f"--reuid={lab_machine.USER}", f"--regid={lab_machine.USER}", "--clear-groups",
             "qemu-system-x86_64", "-accel", "kvm", "-M", "q35", "-cpu", "host", "-m", str(self.memory),
             "-nodefaults", "-display", "none", "-vga", "std", "-serial", f"unix:{self.serial_path},server=on,wait=off",
             "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net", "-device", "qemu-xhci",
             "-device", "usb-tablet", "-device", "virtio-rng-pci", "-drive", f"if=none,id=disk,file={self.layer},format=qcow2",
             "-device", "virtio-blk-pci,drive=disk"], stdin=subprocess.DEVNULL, cwd=lab_machine.HOME)

    def power_off(self):
        self._process.terminate()
        self._process.wait()


def main(build, disk):
    lab_machine.prepare_user()
    for machine in (lab_machine.Machine(build, "ours", disk, MEMORY), Qemu(build, "qemu", disk, MEMORY)):
        try:
            machine.start()
            machine.expect("login: ", PATIENCE)
            machine.keep(machine.name + ".json", json.dumps(dict(lab_machine.cost(machine).most_common())))
            machine.power_off()
            lab_machine.wait_until(lambda m=machine: not m.processes(), PATIENCE, "the processes to end")
        finally:
            machine.keep(machine.name + ".log", machine.log())
    print("GUEST told all")


if __name__ == "__main__":
    main(*sys.argv[1:])
