# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_saves.py: a Debian guest is saved and goes on, again and again, while it
sums up what is in its memory, on its disk and in a shared folder, where it has files open. It says when
any of it became another.

    inside_saves.py BUILD DISK TIMES
"""

import re
import sys

import lab_machine
from lab_machine import PATIENCE

# Memory: a file of tmpfs. The disk: one file that is read from the disk each time, and one that is
# written each time, so that a save finds requests under way. The shared folder: a file that stays open
# for reading, one for writing, and the folder's own list.
PROGRAM = r"""
cd /root
head -c 4M /dev/urandom > kept
head -c 8M /dev/urandom > /dev/shm/kept
sha256sum kept /dev/shm/kept > sums
mkdir -p /shared; mount -t virtiofs desk /shared || echo DIFFERENT mount
mkdir -p /shared/deep/er; head -c 2M /dev/urandom > /shared/deep/er/read
exec 7< /shared/deep/er/read 8> /shared/deep/er/written
shared=$(sha256sum < /shared/deep/er/read)
turn=0
while true; do
    sha256sum --quiet -c sums || echo DIFFERENT kept
    head -c 1M /dev/urandom > turn
    sum=$(sha256sum < turn)
    sync
    echo 3 > /proc/sys/vm/drop_caches
    [ "$sum" = "$(sha256sum < turn)" ] || echo DIFFERENT turn
    [ "$shared" = "$(cat /proc/self/fd/7 | sha256sum)" ] || echo DIFFERENT shared
    echo turn $turn >&8 || echo DIFFERENT written
    [ "$(tail -n 1 /shared/deep/er/written)" = "turn $turn" ] || echo DIFFERENT tail
    [ "$(ls /shared/deep/er | wc -l)" = 2 ] || echo DIFFERENT list
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
    folder = lab_machine.HOME / "desk"
    lab_machine.as_user(["mkdir", folder])
    machine.ctl("sharedfolder", "add", machine.name, "--name", "desk", "--hostpath", folder)
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
    lines = (folder / "deep/er/written").read_text().splitlines()
    assert lines == [f"turn {number}" for number in range(len(lines))] and len(lines) >= times, lines
    machine.run("sync; dmesg | grep -i -E 'error|call trace' | grep -v -i 'correctable' ; true")
    machine.power_off()
    print("GUEST told all")


if __name__ == "__main__":
    main(*sys.argv[1:])
