# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_desktop.py: a Debian desktop in a machine window of the built-in engine's, at
which somebody sits who has a clipboard, a mouse, a keyboard and loudspeakers himself.

    inside_desktop.py BUILD DISK [PART ...]

Each part is a machine's story of its own; without a name all of them are told.
"""

import sys

import desktop_clips
import desktop_heads
import desktop_remote
import desktop_usb
import desktop_use
import inside_usb
import lab_machine
from desktop_guest import MEMORY, Guest, Steps, told
from host_desktop import HostDesktop
from lab_machine import HOME
from resting_machine import REST, Qemu, at_rest


def rest(guest):
    """Nobody does anything."""
    total, reasons = at_rest(guest)
    told(f"idle: {guest.name} {total / REST:.1f} exits a second; by KVM's reasons {reasons}")


# -- the stories


def desk(build, disk, host, steps):
    """On the virtio GPU."""
    guest = Guest(build, "desk", disk)
    guest.environment = host.environment
    share_folder(guest)
    try:
        window = begin(guest, host)
        guest.keep("xinput.txt", guest.run("cat /root/xinput.log"))
        steps.take(desktop_use.point, guest, host, window)
        steps.take(desktop_use.press, guest, host, window)
        steps.take(desktop_use.follow, guest, host, window)
        steps.take(desktop_use.follow_card, guest)
        steps.take(desktop_use.copy, guest, host)
        steps.take(desktop_use.share, guest)
        steps.take(desktop_use.play, guest, host)
        guest.screenshot("desk.png")
        steps.take(rest, guest)
        steps.take(desktop_use.save, guest)
        steps.take(desktop_use.use_again, guest, host)
        steps.take(desktop_use.restart, guest, host)
        guest.power_off()
    finally:
        end(guest)


def plain(build, disk, host, steps):
    """On the standard VGA, with the kernel's bochs-drm."""
    guest = Guest(build, "plain", disk, "vboxvga")
    guest.environment = host.environment
    try:
        window = begin(guest, host)
        steps.take(desktop_use.point, guest, host, window)
        steps.take(desktop_use.press, guest, host, window)
        steps.take(desktop_use.follow, guest, host, window)
        steps.take(desktop_use.copy, guest, host)
        guest.screenshot("plain.png")
        guest.power_off()
    finally:
        end(guest)


def heads(build, disk, host, steps):
    """Four monitors."""
    guest = Guest(build, "heads", disk, monitors=4)
    guest.environment = host.environment
    try:
        begin(guest, host)
        steps.take(desktop_heads.spread, guest)
        steps.take(desktop_heads.point_at_each, guest, host)
        steps.take(desktop_heads.own_pictures, guest, host)
        steps.take(desktop_heads.size_of_one, guest, host)
        steps.take(desktop_heads.unplug, guest, host)
        guest.power_off()
    finally:
        end(guest)


def usb(build, disk, host, steps):
    """Devices of the computer's that the lab's QEMU has made, and all kinds of devices at once."""
    inside_usb.prepare("kvm")
    guest = Guest(build, "usb", disk, monitors=2, settings=["--usb-xhci", "on"])
    guest.environment = host.environment
    share_folder(guest)
    try:
        begin(guest, host)
        steps.take(desktop_heads.spread, guest)
        steps.take(desktop_usb.stick, guest)
        steps.take(desktop_usb.attach_all, guest, host)
        steps.take(desktop_usb.save_all, guest, host)
        guest.power_off()
    finally:
        end(guest)


def clips(build, disk, host, steps):
    """What an agent takes besides words."""
    guest = Guest(build, "clips", disk)
    guest.environment = host.environment
    try:
        window = begin(guest, host, desktop_clips.DOWNLOADS)
        guest.wait_for_agent()
        steps.take(desktop_clips.pictures, guest, host)
        steps.take(desktop_clips.switch, guest, host)
        steps.take(desktop_clips.drop, guest, host, window)
        guest.power_off()
    finally:
        end(guest)


def remote(build, disk, host, steps):
    """Without a window of our own: remote-viewer, as it is, shows it."""
    guest = Guest(build, "remote", disk, settings=["--vrde", "on"])
    guest.environment = host.environment
    try:
        begin_headless(guest)
        guest.wait_for_agent()
        window = desktop_remote.view(guest, host)
        steps.take(desktop_remote.see, guest, host, window)
        steps.take(desktop_use.by_hand, guest, host)
        steps.take(desktop_use.press, guest, host, window)
        steps.take(desktop_use.follow, guest, host, window)
        steps.take(desktop_use.copy, guest, host)
        host.picture("remote-end.png")
        guest.power_off()
    finally:
        end(guest)


def tone(build, disk, host, steps):
    """What is played while the guest has a lot to do."""
    guest = Guest(build, "tone", disk)
    guest.environment = host.environment
    share_folder(guest)
    try:
        begin(guest, host)
        steps.take(desktop_use.share, guest)
        steps.take(desktop_use.play_beside_load, guest, host)
        guest.power_off()
    finally:
        end(guest)


def share_folder(guest):
    folder = HOME / "desk"
    lab_machine.as_user(["mkdir", "-p", folder])
    guest.ctl("sharedfolder", "add", guest.name, "--name", "desk", "--hostpath", folder)


def begin(guest, host, command="true"):
    """Its window, once its desktop is there; the command is run before that."""
    begin_headless(guest, "gui", command)
    return host.window(guest.name)


def begin_headless(guest, kind="headless", command="true"):
    guest.start(kind)
    guest.log_in()
    told(f"{guest.name}: logged in")
    guest.run(command)
    guest.start_desktop()
    told(f"{guest.name}: X is there")
    guest.keep(f"{guest.name}-card.txt", guest.run("cat /sys/class/drm/card0/device/uevent; xrandr"))


def end(guest):
    guest.keep(f"{guest.name}-serial.log", guest.log())
    guest.keep(f"{guest.name}-vitrine.log", guest.own_log())


def qemu(build, disk, _, steps):
    guest = Qemu(build, "qemu", disk, MEMORY)
    try:
        guest.start()
        guest.log_in()
        Guest.start_desktop(guest)
        steps.take(rest, guest)
        guest.power_off()
    finally:
        guest.keep("qemu-serial.log", guest.log())


PARTS = {"desk": desk, "plain": plain, "heads": heads, "usb": usb, "clips": clips, "remote": remote, "tone": tone,
         "qemu": qemu}


def main(build, disk, *parts):
    lab_machine.prepare_user()
    steps = Steps()
    host = HostDesktop()
    try:
        for part in parts or PARTS:
            PARTS[part](build, disk, host, steps)
    finally:
        host.stop()
    steps.check()
    print("GUEST told all")


if __name__ == "__main__":
    main(*sys.argv[1:])
