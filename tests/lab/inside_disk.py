# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_disk.py: a Debian disk boots, is logged in to by keys, fetches a package,
restarts, and switches itself off. What the test judges is left in LAB_OUT.

    inside_disk.py BUILD DISK PACKAGE
"""

import json
import sys

import lab_machine
from lab_machine import PATIENCE
from package_server import PackageServer

# What the guest's drivers have taken, by sysfs: name and where to look.
DRIVERS = """
cd /sys/bus
ls virtio/drivers/*/virtio* -d; ls serio/drivers/*/serio* -d; ls platform/drivers/rtc_cmos/* pnp/drivers/rtc_cmos/* -d
cat /sys/class/misc/hw_random/rng_current; cat /proc/bus/input/devices | grep Name
"""


def main(build, disk, package):
    lab_machine.prepare_user()
    machine = lab_machine.Machine(build, "debian", disk)
    try:
        tell(machine, package)
    finally:
        machine.keep("serial.log", machine.log())
        machine.keep("vitrine.log", machine.own_log())


def tell(machine, package):
    machine.start()
    machine.log_in()
    use_console(machine)
    machine.keep("drivers.txt", machine.run("; ".join(DRIVERS.strip().splitlines()) + "; true"))
    use_network(machine, PackageServer("/tmp/served", package))
    use_balloon(machine)
    machine.send("reboot\n")
    machine.log_in()
    machine.run("hello")  # what was written is still there
    machine.send("poweroff\n")
    lab_machine.wait_until(lambda: machine.state() == "poweroff", PATIENCE, "the machine to be off", 1)
    print("GUEST told all")


def use_console(machine):
    """VGA's text mode, and what keys do there. login throws away what is typed before it asks."""
    for prompt, text in (("login:", "root"), ("Password:", "root"),
                         ("lab> ", "echo Typed by $USER on $(tty) > /dev/ttyS0")):
        machine.run(f"until grep -aq '{prompt}' /dev/vcs1; do sleep 0.2; done")
        machine.type(text)
    machine.expect(r"Typed by root on /dev/tty1\r", PATIENCE, "the answer to what was typed")
    machine.screenshot("console.png")
    machine.keep("console.txt", machine.run("fold -w 80 /dev/vcs1; echo"))


def use_network(machine, server):
    """A large file there and back, and a package."""
    machine.run("ifup eth0")
    machine.keep("address.txt", machine.run("ip -4 -br address show eth0"))
    address = f"http://10.0.2.2:{server.port}"
    machine.run(f"wget -q -O /root/file {address}/file")
    assert server.file_digest in machine.run("sha256sum /root/file")
    machine.run(f"wget -q -O /root/answer --method=PUT --body-file=/root/file {address}/file")
    assert server.file_digest in machine.run("cat /root/answer; echo")
    machine.run(f"echo 'deb [trusted=yes] {address} ./' > /etc/apt/sources.list; apt-get -q update")
    machine.keep("apt.txt", machine.run("apt-get -q -y install hello && hello"))
    server.stop()


def use_balloon(machine):
    """The guest does without 64 MB of its memory, and has them back."""

    def balloon():
        """In kB, as the guest says; None: it does not."""
        values = json.loads(machine.ctl("metrics", "query", machine.name, "Guest/RAM/Usage", "--json"))
        return {each["metric"]: each.get("value") for each in values}["Guest/RAM/Usage/Balloon"]

    free = "awk '/MemFree/ { print \"free\", $2 }' /proc/meminfo"
    machine.run("modprobe virtio_balloon")
    machine.keep("free-before.txt", machine.run(free))
    machine.control("guestmemoryballoon", 64)
    lab_machine.wait_until(lambda: balloon() == 64 << 10, PATIENCE, "the balloon to be as large as asked for", 1)
    machine.keep("free-with-balloon.txt", machine.run(free))
    machine.control("guestmemoryballoon", 0)
    lab_machine.wait_until(lambda: balloon() == 0, PATIENCE, "the balloon to be empty", 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
