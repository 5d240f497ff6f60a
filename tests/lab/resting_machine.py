# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a machine at which nobody does anything comes to its program, and the same machine on QEMU."""

import json
import pathlib
import re
import time

import lab_machine
import lab_qemu

REST = 60  # seconds
EXITS = pathlib.Path("/sys/kernel/tracing/events/kvm/kvm_userspace_exit")


class Counter:
    """How often all of the lab's machines come to their programs, by the kernel's own count."""

    def __init__(self):
        if not EXITS.exists():
            lab_machine.checked_command(["mount", "-t", "tracefs", "tracefs", "/sys/kernel/tracing"])

    def count(self, seconds):
        (EXITS / "trigger").write_text("hist:keys=reason", encoding="ascii")
        time.sleep(seconds)
        text = (EXITS / "hist").read_text(encoding="ascii")
        (EXITS / "trigger").write_text("!hist:keys=reason", encoding="ascii")
        reasons = {int(key): int(hits) for key, hits in re.findall(r"reason: +(\d+).*hitcount: +(\d+)", text)}
        return sum(reasons.values()), reasons


class Qemu(lab_qemu.Qemu):
    """The same guest and devices without the product, and without anybody who looks at it."""

    vga = "virtio"
    extra = ("-device", "virtio-balloon-pci", "-audiodev", "none,id=sound", "-device", "intel-hda",
             "-device", "hda-duplex,audiodev=sound", "-device", "virtio-serial-pci", "-chardev", "null,id=agent",
             "-device", "virtserialport,chardev=agent,name=com.redhat.spice.0")


def at_rest(machine):
    """(exits in REST seconds, {KVM's number of a reason: of these}); what our own engine counted
    by port and address goes to a file."""
    time.sleep(20)
    is_ours = not isinstance(machine, Qemu)
    if is_ours:
        machine.ctl("debugvm", machine.name, "statistics", "--reset")
    total, reasons = Counter().count(REST)
    machine.keep(f"idle-{machine.name}.json", json.dumps(reasons))
    if is_ours:
        machine.keep("idle-statistics.txt",
                     machine.ctl("debugvm", machine.name, "statistics", "--machinereadable"))
    return total, reasons
