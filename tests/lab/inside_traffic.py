# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_traffic.py: how often a guest leaves for userspace while it reads a disk, an AHCI
disk and a USB stick, gets a file through two kinds of network cards, and does nothing; on the built-in
engine and on QEMU, with the same guest and the same devices.

    inside_traffic.py BUILD DISK PACKAGE
"""

import json
import pathlib
import re
import sys
import time

import lab_machine
from lab_machine import PATIENCE
from lab_qemu import Qemu
from package_server import PackageServer

MIB = 32  # that are read of each disk
IDLE = 20  # seconds
EVENT = pathlib.Path("/sys/kernel/tracing/events/kvm/kvm_userspace_exit")
MMIO = EVENT.parent / "kvm_mmio"
HOME = lab_machine.HOME
SATA = HOME / "sata.img"
STICK = HOME / "stick"


class Ours(lab_machine.Machine):
    def make(self):
        super().make()
        self.ctl("modifyvm", self.name, "--nic2", "nat", "--nictype2", "82540EM")
        self.ctl("storagectl", self.name, "--name", "SATA", "--add", "sata")
        self.ctl("storageattach", self.name, "--storagectl", "SATA", "--port", 0, "--type", "hdd", "--medium", SATA)

    def plug_stick(self):
        self.control("usbstick", "insert", STICK)


class Other(Qemu):
    extra = ("-netdev", "user,id=second,net=10.0.3.0/24", "-device", "e1000,netdev=second",
             "-drive", f"if=none,id=sata,file={SATA},format=raw", "-device", "ide-hd,drive=sata,bus=ide.0",
             "-drive", f"if=none,id=stick,file={SATA},format=raw,readonly=on,file.locking=off",
             "-device", "usb-storage,drive=stick")

    def plug_stick(self):
        pass


def begin_trace():
    lab_machine.checked_command(["sh", "-c", "mount -t tracefs tracefs /sys/kernel/tracing 2>&1 || true"])
    (EVENT / "trigger").write_text("hist:keys=reason")
    # Not the VGA's window, whose thousands of places would fill the table.
    (MMIO / "trigger").write_text("hist:keys=type,gpa.hex:size=16384 if gpa > 0xfffff")


def exits():
    """Since the trace began, of all guests."""
    return int(re.search(r"Hits: (\d+)", (EVENT / "hist").read_text())[1])


def accesses(begin, size):
    """Since the trace began: "read 00c0" or "write 2818" and how often, of the registers that begin there.
    Some of the writes are gathered, and exit nowhere."""
    result = {}
    for kind, address, count in re.findall(r"type: +(\d+), gpa: +([0-9a-f]+) +\} hitcount: +(\d+)", (MMIO / "hist").read_text()):
        offset = int(address, 16) - begin
        if 0 <= offset < size and kind != "0":  # 0 is a read that is told again when it was answered
            name = f"{'write' if kind == '2' else 'read'} {offset:04x}"
            result[name] = result.get(name, 0) + int(count)
    return result


class Meter:
    def __init__(self, machine):
        self._machine = machine
        self.results = {}
        self._own = 0
        self._own = self._count("true")  # what a command costs by itself, the serial port's letters

    def _count(self, command):
        before = exits()
        self._machine.run(command)
        return max(exits() - before - self._own, 0)

    def measure(self, name, command, unit):
        """Exits for each of `unit`, a command that prints how many there are, or a number."""
        total = (lambda: int(self._machine.run(unit).split()[-1])) if isinstance(unit, str) else None
        before = total() if total else 0
        count = self._count(command)
        units = total() - before if total else unit
        self.results[name] = {"exits": count, "units": units, "each": count / units}


def read(disk):
    return f"dd if=/dev/{disk} of=/dev/null bs=1M count={MIB} iflag=direct status=none"


def packets(card):
    folder = f"/sys/class/net/{card}/statistics"
    return f"echo $(($(cat {folder}/rx_packets) + $(cat {folder}/tx_packets)))"


def card_of(machine, driver):
    """Which name the card has that is driven by it."""
    return machine.run(f"for c in /sys/class/net/*; do readlink -f $c/device/driver | grep -q {driver} && break; done; "
                       "echo ${c##*/}").split()[-1]


def tell(machine, server):
    machine.start()
    machine.log_in()
    machine.run("modprobe -a xhci_pci usb_storage ahci sd_mod e1000")
    machine.plug_stick()
    stick = machine.run("while :; do for d in /sys/block/sd*; do readlink -f $d | grep -q usb && break 2; done; sleep 0.2; done; "
                        "echo ${d##*/}").split()[-1]
    sata = machine.run("for d in /sys/block/sd*; do readlink -f $d | grep -q ata && break; done; echo ${d##*/}").split()[-1]
    cards = {driver: card_of(machine, driver) for driver in ("virtio_net", "e1000")}
    for card, network in zip(cards.values(), ("10.0.2", "10.0.3")):
        machine.run(f"ip link set {card} up; ip address add {network}.15/24 dev {card}; "
                    f"until wget -q -O /dev/null http://{network}.2:{server.port}/Packages; do sleep 1; done")
    meter = Meter(machine)
    meter.measure("virtio-blk", read("vda"), MIB)
    meter.measure("ahci", read(sata), MIB)
    meter.measure("usb", read(stick), MIB)
    meter.measure("virtio-net", f"wget -q -O /dev/null http://10.0.2.2:{server.port}/file", packets(cards["virtio_net"]))
    registers = int(machine.run(f"head -n 1 /sys/class/net/{cards['e1000']}/device/resource").split()[0], 16), 0x20000
    before = accesses(*registers)
    meter.measure("e1000", f"wget -q -O /dev/null http://10.0.3.2:{server.port}/file", packets(cards["e1000"]))
    after = accesses(*registers)
    meter.results["e1000"]["where"] = {name: count - before.get(name, 0) for name, count in after.items()}
    # The driver of an 82540EM reads its 64 counters every two seconds.
    machine.run(f"ip link set {cards['e1000']} down")
    time.sleep(5)
    before = exits()
    time.sleep(IDLE)
    meter.results["idle"] = {"exits": exits() - before, "units": IDLE, "each": (exits() - before) / IDLE}
    machine.keep(machine.name + ".json", json.dumps(meter.results))
    machine.power_off()
    lab_machine.wait_until(lambda: not machine.processes(), PATIENCE, "the processes to end")


def main(build, disk, package):
    lab_machine.prepare_user()
    begin_trace()
    for path in (SATA, STICK):
        with open(path, "wb") as file:
            file.truncate((MIB + 8) << 20)
        path.chmod(0o666)
    server = PackageServer("/tmp/served", package)
    for kind, name in ((Ours, "ours"), (Other, "qemu")):
        machine = kind(build, name, disk)
        try:
            tell(machine, server)
        finally:
            machine.keep(name + ".log", machine.log())
    server.stop()
    print("GUEST told all")


if __name__ == "__main__":
    main(*sys.argv[1:])
