# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_folders.py: folders come to a Debian guest that was started without any, are
used, saved and found again, go, free or busy, and come anew.

    inside_folders.py BUILD DISK CHIPSET
"""

import pathlib
import shutil
import sys

import lab_machine
from lab_machine import PATIENCE

MANY = 300  # files at a time: an exit costs much in the lab


def main(build, disk, chipset):
    lab_machine.prepare_user()
    machine = lab_machine.Machine(build, "folders", disk, memory=256)
    machine.ctl("modifyvm", machine.name, "--chipset", chipset)
    try:
        tell(machine, pathlib.Path(build))
    finally:
        machine.keep("serial.log", machine.log())
        machine.keep("vitrine.log", machine.own_log())


def new_folder(name, text):
    folder = lab_machine.HOME / name
    lab_machine.as_user(["mkdir", folder])
    (folder / "from-host").write_text(text + "\n")
    return folder


def add(machine, name, folder, *options):
    machine.ctl("sharedfolder", "add", machine.name, "--name", name, "--hostpath", folder, *options)


def remove(machine, name, *options):
    machine.ctl("sharedfolder", "remove", machine.name, "--name", name, *options)


def mount(machine, name):
    """A folder that has just come takes the guest a moment to find."""
    machine.run(f"mkdir -p /{name}; for i in $(seq 60); do mount -t virtiofs {name} /{name} && break; "
                f"sleep 1; done; mountpoint -q /{name}")


def cards(machine):
    """How many folders' cards the guest has: virtio device 26."""
    return int(machine.run("cat /sys/bus/pci/devices/*/device | grep -c 0x105a; true").split()[-1])


def info(machine):
    return machine.ctl("showvminfo", machine.name, "--machinereadable")


def servers():
    """Processes that serve a folder."""
    found = 0
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        found += words.split(b"\0")[0].endswith(b"/vitrine-share")
    return found


def use(machine, build, folder):
    """What programs of the guest find in it, and how fast."""
    for name in ("share_suite", "share_fsx"):
        shutil.copy(build / "tests" / name, folder)
    machine.run("cp /desk/share_suite /desk/share_fsx /root")
    machine.run(f"/root/share_suite --user 1000 --many {MANY} /desk")
    print("the suite passed", flush=True)
    machine.run("/root/share_fsx --operations 1000 --seed 7 /desk")
    print("fsx passed", flush=True)
    print(machine.run("dd if=/dev/zero of=/desk/large bs=1M count=64 oflag=direct; "
                      "dd if=/desk/large of=/dev/null bs=1M iflag=direct"), flush=True)
    assert (folder / "large").stat().st_size == 64 << 20


def tell(machine, build):
    desk = new_folder("desk", "written here")
    other = new_folder("other", "only for now")
    third = new_folder("third", "the third")
    machine.start()
    machine.log_in()
    assert cards(machine) == 0
    add(machine, "desk", desk)
    mount(machine, "desk")
    assert "written here" in machine.run("cat /desk/from-host")
    assert cards(machine) == 1
    use(machine, build, desk)
    add(machine, "other", other, "--transient")
    mount(machine, "other")
    assert 'SharedFolderNameTransientMapping1="other"' in info(machine)
    print("two folders came", flush=True)

    # Both are where they were when the guest goes on, with what it has open.
    machine.run("exec 7< /other/from-host 8> /desk/open; echo before >&8; sha256sum /desk/large > /root/sum")
    machine.control("savestate")
    assert machine.state() == "saved", machine.state()
    assert servers() == 0
    machine.start()
    assert "only for now" in machine.run("cat <&7")
    machine.run("echo after >&8; exec 7<&- 8>&-; echo 3 > /proc/sys/vm/drop_caches; sha256sum -c /root/sum")
    assert (desk / "open").read_text() == "before\nafter\n"
    machine.run("echo back > /other/from-guest")
    assert (other / "from-guest").read_text() == "back\n"
    assert 'SharedFolderNameTransientMapping1="other"' in info(machine)
    print("they were there after the save", flush=True)

    # One goes that nothing uses, the other with an open file.
    machine.run("umount /desk")
    remove(machine, "desk")
    assert cards(machine) == 1
    assert "SharedFolderName" not in info(machine).replace("SharedFolderNameTransient", "")
    machine.run("! mount -t virtiofs desk /desk")
    machine.run("exec 7< /other/from-host")
    remove(machine, "other", "--transient")
    assert cards(machine) == 0
    machine.run("! cat /other/from-host; exec 7<&-; umount /other")
    lab_machine.wait_until(lambda: servers() == 0, PATIENCE, "the servers to end with their folders")
    print("they went", flush=True)

    for turn in range(3):  # its place is free again
        add(machine, "third", third, "--transient", "--readonly")
        mount(machine, "third")
        machine.run("! touch /third/mine")
        machine.run("umount /third")
        remove(machine, "third", "--transient")
        print("another one came and went", turn, flush=True)

    # A guest that starts anew finds its folder where it was.
    add(machine, "third", third)
    mount(machine, "third")
    machine.send("reboot\n")
    machine.log_in()
    assert cards(machine) == 1
    mount(machine, "third")
    assert "the third" in machine.run("cat /third/from-host")
    machine.power_off()
    lab_machine.wait_until(lambda: servers() == 0, PATIENCE, "the last server to end")
    print("it was there after the reboot", flush=True)

    # A machine that had one at its start has memory that servers map, for those that come, too.
    machine.start()
    machine.log_in()
    mount(machine, "third")
    add(machine, "desk", desk, "--transient")
    mount(machine, "desk")
    machine.run("sha256sum -c /root/sum; cp /third/from-host /desk/copied; umount /third")
    assert (desk / "copied").read_text() == "the third\n"
    remove(machine, "third")
    assert cards(machine) == 1
    machine.control("savestate")
    machine.start()
    machine.run("cmp /desk/copied /desk/copied; echo again > /desk/copied")
    assert (desk / "copied").read_text() == "again\n"
    remove(machine, "desk", "--transient")
    assert cards(machine) == 0
    machine.power_off()
    lab_machine.wait_until(lambda: servers() == 0, PATIENCE, "all servers to end")
    print("GUEST told all")


if __name__ == "__main__":
    main(*sys.argv[1:])
