# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done in the lab with a desktop and the devices of its computer (inside_desktop.py): a stick is
mounted, and a save finds everything attached at once."""

import hashlib
import pathlib
import time

import lab_machine
from desktop_guest import shown, told
from desktop_heads import places_of
from desktop_use import LEAD_SECONDS, TONE_SECONDS, copy, play, share
from inside_usb import SOUND, STICK, permit, stick_here
from lab_machine import HOME

MOUNTED = pathlib.Path("/tmp/stick")  # in the lab
MIB = 4  # of a file on the stick
CARD = r"$(sed -n 's/^ *\([0-9]*\) .*USB-Audio.*/\1/p' /proc/asound/cards)"


def sum_here(name):
    """Of a file on the stick, read here."""
    MOUNTED.mkdir(exist_ok=True)
    lab_machine.checked_command(["mount", "-o", "ro", stick_here(), MOUNTED])
    try:
        return hashlib.sha256((MOUNTED / name).read_bytes()).hexdigest()
    finally:
        lab_machine.checked_command(["umount", MOUNTED])


def mount(guest):
    """Whatever its name is this time."""
    guest.has(STICK)
    guest.run("mkdir -p /stick; until mount $(ls /dev/sd? 2> /dev/null | tail -n 1) /stick 2> /dev/null; do sleep 1; done")


def copied_from(guest, name):
    """The sum of the guest's copy of a file on the stick."""
    guest.run(f"echo 3 > /proc/sys/vm/drop_caches; cp /stick/{name} /root/from-stick; sync")
    return guest.run("sha256sum < /root/from-stick").split()[0]


def copied_to(guest, name):
    """The sum of a new file of random bytes, of which the stick has a copy."""
    guest.run(f"head -c {MIB}M /dev/urandom > /root/mine; cp /root/mine /stick/{name}; sync")
    return guest.run("sha256sum < /root/mine").split()[0]


def stick(guest):
    """Mounted by the guest, which copies a file from it and one to it."""
    permit()
    guest.wait_for_state(STICK, "Busy")
    given = sum_here("from-host")
    guest.attach(STICK)
    mount(guest)
    assert copied_from(guest, "from-host") == given
    written = copied_to(guest, "from-guest")
    guest.run("umount /stick")
    guest.detach(STICK)
    guest.has_not(STICK)
    guest.wait_for_state(STICK, "Busy")
    assert sum_here("from-guest") == written and sum_here("from-host") == given
    told(f"stick: mounted in the guest, and {MIB} MiB copied each way")


def isochronous(guest):
    """A tone goes to the sound card on USB, which takes as long as it is."""
    guest.has(SOUND)
    guest.run("until grep -q USB-Audio /proc/asound/cards; do sleep 0.5; done")
    start = time.monotonic()
    guest.run(f"aplay -q -D plughw:{CARD} /root/tone.wav")
    took = time.monotonic() - start
    assert took > (LEAD_SECONDS + TONE_SECONDS) / 2, took
    told(f"isochronous: {LEAD_SECONDS + TONE_SECONDS} s of sound took {took:.1f}")


def attach_all(guest, host):
    """By filters, so that they come back by themselves after a save."""
    for number, product in enumerate((STICK, SOUND)):
        guest.ctl("usbfilter", "add", number, "--target", guest.name, "--name", product, "--product", product)
        guest.attach(product)
    share(guest)
    use_all(guest, host, "before")


def use_all(guest, host, when):
    """Everything that is attached, one after the other."""
    mount(guest)
    copied_from(guest, "from-host")
    written = copied_to(guest, when)
    assert copied_from(guest, when) == written
    guest.run("umount /stick")
    play(guest, host)
    isochronous(guest)
    guest.run(f"head -c 1M /dev/urandom > /shared/{when}; sync")
    total = hashlib.sha256((HOME / "desk" / when).read_bytes()).hexdigest()
    assert total in guest.run(f"echo 3 > /proc/sys/vm/drop_caches; sha256sum /shared/{when}")
    copy(guest, host)
    for monitor, (left, top, width, height) in enumerate(places_of(guest)):
        assert shown(guest, monitor) == (width, height)
        guest.screen("monitor", monitor, "place", 7, 9)
        guest.wait_for_pointer((left + 7, top + 9))
    told(f"everything {when} the save: stick, sound card on USB, folder, sound, clipboard and {guest.monitors} monitors")


def save_all(guest, host):
    """Everything is there when the guest goes on: the devices anew, the rest as it was."""
    guest.has(STICK)
    guest.has(SOUND)
    places = places_of(guest)
    guest.run("exec 7< /shared/before")
    guest.control("savestate")
    assert guest.state() == "saved", guest.state()
    for product in (STICK, SOUND):
        guest.wait_for_state(product, "Busy")
    known = sum_here("before")
    guest.start("gui")
    for product in (STICK, SOUND):
        guest.wait_for_state(product, "Captured")
    assert places_of(guest) == places
    assert hashlib.sha256((HOME / "desk/before").read_bytes()).hexdigest() in guest.run("sha256sum <&7; exec 7<&-")
    mount(guest)
    assert copied_from(guest, "before") == known
    guest.run("umount /stick")
    use_all(guest, host, "after")
