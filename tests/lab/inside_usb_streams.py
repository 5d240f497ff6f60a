# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_usb_streams.py: a disk that speaks USB Attached SCSI in a guest of the built-in
engine, with its streams.

    inside_usb_streams.py BUILD DISC CYCLES ENGINE
"""

import pathlib
import re
import subprocess
import sys

import inside_usb
from inside_usb import MIB, told
from lab_machine import PATIENCE, PROMPT

PARTS = 8  # of the disk, that are read or written at once
PART_MIB = 8
DEBUG = pathlib.Path("/sys/kernel/debug")
inside_usb.STICK = inside_usb.LINE = "USB Attached SCSI HBA"


def exits():
    """Of the machine for a device's register, so far."""
    if not (DEBUG / "kvm").exists():
        subprocess.run(["mount", "-t", "debugfs", "debugfs", DEBUG], check=True)
    return int((DEBUG / "kvm/mmio_exits").read_text())


def attached_scsi(guest):
    """Linux' driver for it, which has nothing else than streams at this speed."""
    guest.attach(inside_usb.STICK)
    inside_usb.stick_in(guest)
    drivers = guest.run("for i in /sys/bus/usb/devices/*:*; do [ -e $i/driver ] && basename $(readlink $i/driver); done; true")
    assert "uas" in drivers.split(), drivers
    speed = guest.run("cat $(dirname $(grep -l 'USB Attached' /sys/bus/usb/devices/*/product))/speed").strip()
    depth = guest.run("cat /sys/block/sda/device/queue_depth").strip()
    told(f"driver: uas, {speed} Mbit/s, {depth} commands at once")
    assert int(depth) > 4, depth
    before = exits()
    guest.run(f"dd if=/dev/sda of=/dev/null bs=1M count={MIB} iflag=direct")
    told(f"exits: {(exits() - before) / MIB:.1f} a MiB read")
    guest.detach(inside_usb.STICK)
    guest.has_not(inside_usb.STICK)
    guest.wait_for_state(inside_usb.STICK, "Busy")


def at_once(guest):
    """Many commands under way, each on a stream of its own."""
    guest.attach(inside_usb.STICK)
    inside_usb.stick_in(guest)
    guest.run(f"dd if=/dev/urandom of=/part bs=1M count={PART_MIB} 2> /dev/null")
    write = f"dd if=/part of=/dev/sda bs=256k seek=$(({PART_MIB} * 4 * $i)) oflag=direct 2> /dev/null"
    read = f"dd if=/dev/sda bs=64k skip=$(({PART_MIB} * 16 * $i)) count=$(({PART_MIB} * 16)) iflag=direct 2> /dev/null | cmp - /part && echo good $i"
    for command, count in ((write, 0), (read, PARTS)):
        answer = guest.run(f"for i in $(seq 0 {PARTS - 1}); do ({command}) & done; wait")
        assert len(re.findall(r"good \d", answer)) == count, answer
    trouble = guest.run("dmesg | grep -i -E 'uas_eh|reset SuperSpeed|I/O error|tag#.*(timed|abort)' || echo none").strip()
    assert trouble.endswith("none"), trouble
    guest.run("rm /part")
    guest.detach(inside_usb.STICK)
    guest.has_not(inside_usb.STICK)
    guest.wait_for_state(inside_usb.STICK, "Busy")
    told(f"at once: {PARTS} times {PART_MIB} MiB were written and read")


def main(build, disc, cycles, engine):
    inside_usb.prepare(engine)
    inside_usb.permit()
    guest = inside_usb.Guest(build, "usb", disc)
    try:
        guest.start()
        guest.expect(re.escape(PROMPT), PATIENCE)
        guest.run("stty -echo; true")
        guest.wait_for_state(inside_usb.STICK, "Busy")
        attached_scsi(guest)
        inside_usb.storage(guest)
        at_once(guest)
        inside_usb.surprise(guest)
        inside_usb.replug(guest)
        inside_usb.saved(guest)
        guest.ctl("usbfilter", "remove", 0, "--target", guest.name)
        guest.detach(inside_usb.STICK)
        guest.has_not(inside_usb.STICK)
        guest.wait_for_state(inside_usb.STICK, "Busy")
        inside_usb.again_and_again(guest, int(cycles))
        guest.power_off()
        told("GUEST told all")
    finally:
        guest.keep("serial.log", guest.log())
        guest.keep("vitrine.log", guest.own_log())


if __name__ == "__main__":
    main(*sys.argv[1:])
