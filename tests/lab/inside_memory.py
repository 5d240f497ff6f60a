# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_memory.py: what a headless machine costs beyond its guest's memory, with the
same guest and the same devices on the built-in engine and on QEMU.

    inside_memory.py BUILD DISK
"""

import json
import sys

import lab_machine
from lab_machine import PATIENCE
from lab_qemu import Qemu

MEMORY = 256


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
