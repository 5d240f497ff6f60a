# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab: the Debian desktop of a guest of the built-in engine's, and how a story with it is told
(inside_desktop.py)."""

import json
import pathlib
import re
import subprocess
import time

import inside_usb
import lab_machine
from lab_machine import HOME, PATIENCE, wait_until

HERE = pathlib.Path(__file__).resolve().parent
MEMORY = 448
SOON = 300  # seconds, for what takes moments where the guest is not in a lab
READY = r"DESKTOP-READY\r"


def told(what):
    print(f"{time.monotonic():7.0f} s: {what}", flush=True)


class Guest(inside_usb.UsbDevices, lab_machine.Machine):
    """A Debian whose desktop is started by hand; its shell is on the serial port. Further settings are words
    for modifyvm."""

    def __init__(self, build, name, disk, graphics="vmsvga", monitors=1, settings=()):
        self.graphics = graphics
        self.monitors = monitors
        self.settings = settings
        super().__init__(build, name, disk, memory=MEMORY)

    def make(self):
        super().make()
        self.ctl("modifyvm", self.name, "--graphicscontroller", self.graphics, "--monitorcount",
                 str(self.monitors), "--chipset", "ich9",
                 "--clipboard-mode", "bidirectional", "--audio-enabled", "on", "--audio-out", "on", *self.settings)

    def run(self, command, timeout=SOON):
        return super().run(command, timeout)

    def start_desktop(self):
        self.send("setsid lab-desktop < /dev/null > /dev/null 2>&1 &\n")
        try:
            self.expect(READY, PATIENCE)
        except lab_machine.Late:
            print(self.run("cat /root/desktop.log /var/log/Xorg.0.log; true"))
            raise
        # A key is held for longer than anybody holds one: it takes so long to be told that it is up.
        self.run("export DISPLAY=:0; xset r off")

    def size(self):
        """X's screen."""
        found = re.search(r"current (\d+) x (\d+)", self.run("xrandr"))
        return int(found[1]), int(found[2])

    def wait_for_size(self, size):
        wait_until(lambda: self.size() == size, PATIENCE, f"X's screen to be {size}", 1)

    def pointer(self):
        found = re.search(r"X=(-?\d+)\nY=(-?\d+)", self.run("xdotool getmouselocation --shell"))
        return int(found[1]), int(found[2])

    def wait_for_pointer(self, place):
        wait_until(lambda: self.pointer() == place, SOON, f"the guest's pointer to be at {place}", 0.5)

    def screen(self, *wish):
        """What another window hears, which then has a wish (screen_client.py)."""
        control, = (HOME / "run/vitrine").glob("*/control")
        text = self.checked(lab_machine.as_user(["python3", HERE / "screen_client.py", control, *wish]))
        return json.loads(text.splitlines()[0])

    def wait_for_agent(self):
        """Until the desktop's side of the agent is there."""
        self.run("until pgrep -x spice-vdagent > /dev/null; do sleep 0.5; done")


def shown(guest, monitor=0):
    picture = guest.screen("monitor", monitor)["picture"]
    return picture["width"], picture["height"]


def heads_of(guest):
    return re.findall(r"^(\S+) connected", guest.run("xrandr"), re.MULTILINE)


class Steps:
    """One after the other, also after one has failed."""

    def __init__(self):
        self._failed = []

    def take(self, step, guest, *arguments):
        try:
            step(guest, *arguments)
        except (AssertionError, subprocess.SubprocessError, OSError, LookupError) as problem:
            told(f"FAILED {step.__name__}: {problem!r}")
            self._failed.append(step.__name__)
            guest.screenshot(f"failed-{step.__name__}.png")

    def check(self):
        assert not self._failed, f"failed: {self._failed}"
