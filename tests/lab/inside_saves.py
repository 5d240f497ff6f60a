# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_saves.py: a Debian guest is saved and goes on, again and again, while it
sums up what is in its memory and on its disk. It says when any of it became another.

    inside_saves.py BUILD DISK TIMES
"""

import re
import sys

import lab_machine
from lab_machine import PATIENCE

# Memory: a file of tmpfs. The disk: one file that is read from the disk each time, and one that is
# written each time, so that a save finds requests under way.
PROGRAM = r"""
cd /root
head -c 4M /dev/urandom > kept
head -c 8M /dev/urandom > /dev/shm/kept
sha256sum kept /dev/shm/kept > sums
turn=0
while true; do
    sha256sum --quiet -c sums || echo DIFFERENT kept
    head -c 1M /dev/urandom > turn
    sum=$(sha256sum < turn)
    sync
    echo 3 > /proc/sys/vm/drop_caches
    [ "$sum" = "$(sha256sum < turn)" ] || echo DIFFERENT turn
    turn=$((turn + 1))
    echo turn $turn
done
"""


def main(build, disk, times):
    lab_machine.prepare_user()
    machine = lab_machine.Machine(build, "saved", disk, memory=256)
    try:
        tell(machine, int(times))
    finally:
        machine.keep("serial.log", machine.log())
        machine.keep("vitrine.log", machine.own_log())


def tell(machine, times):
    machine.start()
    machine.log_in()
    for line in PROGRAM.strip().splitlines():
        machine.send(line + "\n")
    machine.expect(r"^turn (\d+)\r$", PATIENCE)
    for time in range(1, times + 1):
        machine.control("savestate")
        assert machine.state() == "saved", machine.state()
        machine.start()
        # The first may have been under way; the second is all its own.
        for _ in range(2):
            turn = machine.expect(r"^turn (\d+)\r$", PATIENCE)[1]
        print(f"save {time}: the guest is in turn {turn}", flush=True)
    # At the begin of a line: the program itself was seen on the terminal, too.
    assert not re.search(r"^DIFFERENT", machine.log(), re.MULTILINE), machine.log()[-2000:]
    # What it was doing still ends when it is told to, and the disk takes what it is sent.
    machine.send("\x03")
    machine.expect(r"lab> $", PATIENCE)
    machine.run("sync; dmesg | grep -i -E 'error|call trace' | grep -v -i 'correctable' ; true")
    machine.power_off()
    print("GUEST told all")


if __name__ == "__main__":
    main(*sys.argv[1:])
