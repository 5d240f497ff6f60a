# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_usb.py: devices that are plugged into the lab move to a machine and back.

    inside_usb.py BUILD DISC CYCLES ENGINE

What only a hand outside can do (unplug a device, press its keys) is asked for by a file and done by
test_usb.py. The machine's guest has a shell on its serial port.
"""

import hashlib
import os
import pathlib
import re
import sys
import time

import lab_machine
from lab_machine import PATIENCE, PROMPT, wait_until

OUT = pathlib.Path(os.environ.get("LAB_OUT", "."))
MIB = 64
# The names that QEMU's devices tell of themselves, and a part of what is unplugged by them outside.
STICK, KEYS, LINE, SOUND = "QEMU USB HARDDRIVE", "QEMU USB Keyboard", "QEMU USB SERIAL", "QEMU USB Audio"
# udev's programs do nothing in what looks like a changed root to them, as the lab does.
UDEV = {"SYSTEMD_IGNORE_CHROOT": "1"}
RULES = pathlib.Path("/run/udev/rules.d")
RULE = 'SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", MODE="0666"\n'


class UsbDevices:
    """What goes to a machine and comes back; for a lab_machine.Machine."""

    def has(self, product, timeout=PATIENCE):
        """Waits until the guest has the device."""
        self.run(f"until grep -qs '{product}' /sys/bus/usb/devices/*/product; do sleep 0.2; done", timeout)

    def has_not(self, product):
        self.run(f"while grep -qs '{product}' /sys/bus/usb/devices/*/product; do sleep 0.2; done")

    def attach(self, product, *words):
        self.control("usbattach", self.devices()[product]["UUID"], *words)

    def detach(self, product):
        self.control("usbdetach", self.devices()[product]["UUID"])

    def refusal(self, *words):
        """What it says when it refuses."""
        done = lab_machine.as_user([self.build / "bin/vitrinectl", *words], timeout=PATIENCE)
        assert done.returncode != 0, f"{words} was not refused: {done.stdout}"
        return done.stdout

    def devices(self):
        """What `list usbhost` tells of each device, by its product's name."""
        found = {}
        for block in self.ctl("list", "usbhost").split("\n\n"):
            fields = dict(re.findall(r"^(.+?): +(.*)$", block, re.MULTILINE))
            if "Product" in fields:
                found[fields["Product"]] = fields
        return found

    def wait_for_state(self, product, state):
        wait_until(lambda: self.devices().get(product, {}).get("Current State") == state, PATIENCE,
                   f"{product} to be {state}")


class Guest(UsbDevices, lab_machine.Machine):
    """Its disc starts Linux, whose shell is on the serial port."""

    engine = "qemu"

    def make_layer(self, disk):
        self.disc = disk

    def make(self):
        self.ctl("createvm", "--name", self.name, "--register")
        self.ctl("modifyvm", self.name, "--engine", self.engine, "--memory", self.memory, "--chipset", "ich9",
                 "--nic1", "none", "--audio-enabled", "off", "--usb-xhci", "on",
                 "--uart1", "0x3F8", "4", "--uartmode1", "server", self.serial_path)
        self.ctl("storagectl", self.name, "--name", "SATA", "--add", "sata")
        self.ctl("storageattach", self.name, "--storagectl", "SATA", "--port", 0, "--type", "dvddrive",
                 "--medium", self.disc)


def ask(what):
    """Somebody outside does it."""
    path = OUT / "asked"
    path.with_suffix(".new").write_text(what, encoding="utf-8")
    path.with_suffix(".new").rename(path)
    wait_until(lambda: not path.exists(), 120, f"'{what}' to be done outside")


def told(what):
    print(what, flush=True)


def prepare(engine):
    lab_machine.prepare_user()
    Guest.engine = engine
    RULES.mkdir(parents=True, exist_ok=True)
    # Instead of the system's of that name, by which /dev/kvm would not be everybody's any more.
    (RULES / "50-udev-default.rules").write_text("", encoding="utf-8")
    lab_machine.checked_command(["/lib/systemd/systemd-udevd", "--daemon"], **UDEV)


def permit():
    (RULES / "70-lab.rules").write_text(RULE, encoding="utf-8")
    lab_machine.checked_command(["udevadm", "control", "--reload"], **UDEV)
    lab_machine.checked_command(["udevadm", "trigger", "--subsystem-match=usb", "--settle"], **UDEV)


def main(build, disc, cycles, engine):
    prepare(engine)
    guest = Guest(build, "usb", disc)
    try:
        refusals(guest)
        guest.start()
        guest.expect(re.escape(PROMPT), PATIENCE)
        guest.run("stty -echo; true")
        composite(guest)
        keyboard(guest)
        files(guest)
        storage(guest)
        surprise(guest)
        replug(guest)
        saved(guest)
        again_and_again(guest, int(cycles))
        guest.power_off()
        told("GUEST told all")
    finally:
        guest.keep("serial.log", guest.log())
        guest.keep("vitrine.log", guest.own_log())


def refusals(guest):
    """What must not go, or not yet; told before the machine runs, by what the list says."""
    devices = guest.devices()
    told(f"devices: {', '.join(sorted(devices))}")
    for product in (STICK, KEYS, LINE, SOUND):
        assert devices[product]["Current State"] == "Unavailable", devices
    told("without permission: Unavailable")
    permit()
    wait_until(lambda: guest.devices()[LINE]["Current State"] == "Busy", PATIENCE, "the permission")
    told("with permission: Busy, as the host has drivers for it")


def composite(guest):
    """A sound card: several interfaces, of them isochronous ones."""
    guest.attach(SOUND)
    guest.has(SOUND)
    guest.run("until grep -qs USB-Audio /proc/asound/cards; do sleep 0.2; done")
    guest.wait_for_state(SOUND, "Captured")
    # Two seconds, as the node plays them that is older than sound cards of this kind are.
    guest.run("until [ -c /dev/dsp ]; do sleep 0.2; done")
    start = time.monotonic()
    guest.run("dd if=/dev/urandom of=/dev/dsp bs=1000 count=16 2> /dev/null")
    took = time.monotonic() - start
    assert took > 1, took
    told(f"isochronous: two seconds of sound took {took:.1f}")
    guest.detach(SOUND)
    guest.has_not(SOUND)
    told("composite: went and came back")


def keyboard(guest):
    text = guest.refusal("controlvm", guest.name, "usbattach", guest.devices()[KEYS]["UUID"])
    assert "keyboard or pointer" in text and "--force" in text, text
    guest.attach(KEYS, "--force")
    guest.has(KEYS)
    # One key, down and up: its scan code, the key itself, the end of the report; 24 bytes each.
    guest.run("node=/dev/input/$(cd /sys/class/input; for e in event*; do "
              f"grep -q '{KEYS}' $e/device/name && echo $e; done | head -n 1); echo $node; "
              "(head -c 48 $node > /keys; echo pressed > /pressed) & true")
    # Again, when it was pressed before somebody listened.
    while "yes" not in guest.run("sleep 1; [ -e /pressed ] && echo yes; true"):
        ask("press a")
    # Type 1 (EV_KEY), code 30 (KEY_A), value 1.
    dump = guest.run("hexdump -v -e '1/2 \"%d \"' -e '1/1 \"\"' /keys; hexdump -C /keys")
    assert re.search(r"01 00 1e 00  ?01 00 00 00", dump), dump
    guest.detach(KEYS)
    guest.has_not(KEYS)
    told("keyboard: a key arrived")


def make_files(folder):
    """What people put on a stick: {path below the stick: SHA-256}."""
    contents = {"letters/Dear guest, a name that is longer than eight and three.txt": b"Dear guest\n",
                "letters/Größe.txt": "Größe\n".encode(),
                "letters/empty": b"",
                "letters/old/photo.raw": os.urandom((3 << 20) + 7),
                "README.TXT": b"a file beside the folder\n" * 3000}
    for name, data in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}


def sums_in(guest, folder):
    """Of all files there. The names come as hexadecimal, as serial ports carry no UTF-8 in one piece."""
    lines = guest.run(f"cd {folder} && find . -type f | while read -r name; do set -- $(sha256sum < \"$name\"); "
                      "echo $1 $(printf %s \"$name\" | hexdump -v -e '1/1 \"%02x\"'); done; cd /").splitlines()
    return {bytes.fromhex(name).decode().removeprefix("./"): digest for digest, name in map(str.split, lines)}


def files(guest):
    """A stick of files, as a system in the guest uses one: by its file system."""
    folder = pathlib.Path("/tmp/files")
    wanted = make_files(folder)
    for again in range(2):  # the second is another one, not what the guest remembers of the first
        guest.control("usbstick", "insert", folder / "letters", folder / "README.TXT")
        guest.run("until [ -b /dev/sda1 ]; do sleep 0.2; done")
        guest.run("mount -t vfat -o ro,utf8 /dev/sda1 /mnt")
        assert sums_in(guest, "/mnt") == wanted, (again, sums_in(guest, "/mnt"), wanted)
        assert "Read-only file system" in guest.run("touch /mnt/letters/mine 2>&1; true")
        guest.run("umount /mnt")
        # Nor by way of the disk itself.
        guest.run("! dd if=/dev/zero of=/dev/sda bs=512 count=1 conv=fsync 2> /dev/null")
        guest.control("usbstick", "eject")
        guest.run("while [ -e /sys/block/sda ]; do sleep 0.2; done")
        wanted["README.TXT"] = hashlib.sha256(b"changed\n").hexdigest()
        (folder / "README.TXT").write_bytes(b"changed\n")
    told(f"files: mounted by the guest, {len(wanted)} files are what the host has")


def sha_of_stick():
    """Of what the stick holds, read here where it is plugged in."""
    digest = hashlib.sha256()
    with open(stick_here(), "rb", buffering=0) as stick:
        for _ in range(MIB):
            digest.update(stick.read(1 << 20))
    return digest.hexdigest()


def stick_here():
    """The stick's node in the lab."""
    return wait_until(lambda: next((f"/dev/{path.name}" for path in pathlib.Path("/sys/block").glob("sd*")), None),
                      PATIENCE, "the lab to have the stick")


GUEST_STICK = "/dev/sda"


def stick_in(guest):
    guest.has(STICK)
    guest.run(f"until [ -b {GUEST_STICK} ]; do sleep 0.2; done")


def sum_in(guest):
    guest.run("echo 3 > /proc/sys/vm/drop_caches")
    return guest.run(f"dd if={GUEST_STICK} bs=1M count={MIB} 2> /dev/null | sha256sum").split()[0]


def storage(guest):
    os.makedirs("/tmp/stick", exist_ok=True)
    lab_machine.checked_command(["mount", stick_here(), "/tmp/stick"])
    text = guest.refusal("controlvm", guest.name, "usbattach", guest.devices()[STICK]["UUID"])
    assert "mounted on /tmp/stick" in text, text
    lab_machine.checked_command(["umount", "/tmp/stick"])
    before = sha_of_stick()
    guest.attach(STICK)
    stick_in(guest)
    assert sum_in(guest) == before
    told(f"storage: {MIB} MiB read by the guest are what the host had")
    written = guest.run(f"dd if=/dev/urandom of=/big bs=1M count={MIB} 2> /dev/null && sha256sum /big").split()[0]
    guest.run(f"dd if=/big of={GUEST_STICK} bs=1M conv=fsync && rm /big")
    guest.detach(STICK)
    guest.has_not(STICK)
    guest.wait_for_state(STICK, "Busy")
    assert sha_of_stick() == written
    told(f"storage: {MIB} MiB written by the guest are what the host has")


def surprise(guest):
    guest.attach(STICK)
    stick_in(guest)
    guest.send(f"while dd if={GUEST_STICK} of=/dev/null bs=1M; do echo 3 > /proc/sys/vm/drop_caches; done\n")
    guest.expect(r"records out", PATIENCE)
    ask("unplug stick")
    guest.expect(r"dd: .*error|dd: can't open", PATIENCE)
    guest.expect(re.escape(PROMPT), PATIENCE)
    guest.has_not(STICK)
    assert guest.state() == "running"
    assert STICK not in guest.devices()
    told("surprise: the machine goes on")


def replug(guest):
    guest.ctl("usbfilter", "add", 0, "--target", guest.name, "--name", "The stick", "--product", STICK)
    ask("plug stick")
    stick_in(guest)
    guest.wait_for_state(STICK, "Captured")
    told("replug: the filter gave it to the machine")


def saved(guest):
    before = sum_in(guest)
    guest.control("savestate")
    assert guest.state() == "saved"
    guest.wait_for_state(STICK, "Busy")
    guest.start()
    guest.wait_for_state(STICK, "Captured")
    guest.run("true")
    stick_in(guest)
    guest.run(f"until [ -b {GUEST_STICK} -o -b /dev/sdb ]; do sleep 0.2; done")
    after = guest.run(f"disk=$(ls /dev/sd? | tail -n 1); dd if=$disk bs=1M count={MIB} 2> /dev/null | sha256sum").split()[0]
    assert after == before
    told("saved: the stick is there again")


def costs(guest):
    """Descriptors and KiB of the machine's processes, without the guest's memory."""
    descriptors = sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in guest.processes())
    return descriptors, sum(lab_machine.cost(guest).values())


def rounds(guest, count):
    """The device, and on our engine a stick of ours, to the guest and back."""
    control = next((lab_machine.HOME / "run").glob("vitrine/*/control"))
    files = ["/etc/hostname"] if guest.engine == "kvm" else []
    guest.checked(lab_machine.as_user(["/usr/bin/python3", pathlib.Path(__file__).with_name("usb_rounds.py"), control,
                                       guest.devices()[LINE]["UUID"], count, *files], timeout=3 * PATIENCE))


def again_and_again(guest, cycles):
    # What is there once, and what the allocator keeps, is not counted.
    first = min(20, cycles // 4) + 1
    rounds(guest, first)
    before = costs(guest)
    start = time.monotonic()
    rounds(guest, cycles - first)
    took = time.monotonic() - start
    guest.attach(LINE)
    guest.has(LINE)
    guest.detach(LINE)
    guest.has_not(LINE)
    after = costs(guest)
    told(f"cycles {cycles}: descriptors {before[0]} then {after[0]}, KiB {before[1]} then {after[1]}, in {took:.0f} s")
    assert after[0] <= before[0] + 2, (before, after)
    assert after[1] <= before[1] + 4096, (before, after)


if __name__ == "__main__":
    main(*sys.argv[1:])
