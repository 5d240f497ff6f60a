#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power, as Linux handles it on the built-in engine, in the lab: it restarts itself, notices the power
button as a key (ACPI, so an SCI), and switches itself off.

    test_power.py --build FOLDER [--board q35|i440fx] [--cpus N]

The first start leaves a mark in CMOS memory, which a reset keeps.
"""

import argparse
import re
import sys
import tempfile

import lab
import linux_guest

MODULES = ("button", "evdev")
SCRIPT = r"""
cmos() { printf '\x50' | dd of=/dev/port bs=1 seek=112 2>/dev/null; }
cmos
if [ "$(dd if=/dev/port bs=1 skip=113 count=1 2>/dev/null)" != V ]; then
    cmos
    printf V | dd of=/dev/port bs=1 seek=113 2>/dev/null
    echo GUEST restarts
    reboot -f
fi
event=$(grep -A4 'Name="Power Button"' /proc/bus/input/devices | sed -n 's/.*\(event[0-9]*\).*/\1/p')
exec 3< /dev/input/$event # from now on keys are kept for us
echo GUEST waits for the button
timeout 60 dd bs=24 count=1 <&3 2>/dev/null | hexdump -v -e '8/1 "%02x " "\n"' | sed 's/^/GUEST event /'
grep acpi /proc/interrupts | sed 's/^/GUEST interrupt /'
"""
KEY_POWER_DOWN = "01 00 74 00 01 00 00 00"  # type EV_KEY, code KEY_POWER, value 1


def problems(code, text):
    """What is wrong with what was printed, as sentences."""
    result = []
    if text.count("GUEST restarts") != 1 or text.count("[reset]") != 1:
        result.append("the guest did not restart once")
    if f"GUEST event {KEY_POWER_DOWN}" not in text:
        result.append("the power button did not arrive as a key")
    interrupt = re.search(r"GUEST interrupt +9: +([\d ]+?) +IO-APIC +9-fasteoi +acpi", text)
    if not interrupt or sum(map(int, interrupt[1].split())) != 1:
        result.append("the button was not one interrupt of ACPI's")
    if "reboot: Power down" not in text or code != 0:
        result.append("the guest did not switch itself off")
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--board", default="q35")
    parser.add_argument("--cpus", default="2")
    args = parser.parse_args()
    try:
        # In the build folder: the lab has a /tmp of its own.
        with tempfile.TemporaryDirectory(dir=args.build) as work:
            kernel, initrd = linux_guest.write(work, SCRIPT, MODULES)
            code, text = lab.run(
                [args.build + "/tests/vm_runner", "--board", args.board, "--cpus", args.cpus,
                 "--memory", "256", "--kernel", kernel, "--initrd", initrd,
                 "--append", "console=ttyS0 panic=-1 quiet",
                 "--press-power-at", "GUEST waits for the button", "--timeout", "400"],
                timeout=450)
    except lab.NoLab as why:
        print("The KVM lab cannot be had:", why)
        return lab.SKIP
    if code == lab.SKIP:
        print(text)
        return lab.SKIP
    found = problems(code, text)
    if found:
        print(text)
    for problem in found:
        print(f"FAIL on {args.board}: {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
