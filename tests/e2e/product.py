# SPDX-License-Identifier: GPL-3.0-or-later
"""The product on a desktop: machines, the manager's window, machine windows."""
import json
import os
import pathlib
import re
import time

import widgets
from desktop import Timeout, wait_until
from picture import Picture
from stage import is_kvm_wanted

# Drawing a menu takes a KVM that only emulates so many times as long as QEMU.
EMULATED_KVM = 3
UP = ("e0", "48", "e0", "c8")  # the key that Guest.stay names, in scan codes


class Product:
    def __init__(self, desktop):
        self.desktop = desktop
        self.machines = []

    # -- vitrinectl

    def ctl(self, *words, check=True, timeout=120):
        return self.desktop.tool("vitrinectl", *words, check=check, timeout=timeout)

    def create(self, guest, name=None):
        """A machine for the guest, not started; returns its name."""
        name = name or guest.name
        medium = self.desktop.stage.media / guest.medium
        if guest.is_disk:
            # The medium is read only: the machine writes to a layer over it.
            layer = self.desktop.stage.home / f"{name}-layer.qcow2"
            self.desktop.tool("qemu-img", "create", "-q", "-f", "qcow2", "-F", guest.disk_format,
                              "-b", medium, layer)
            medium, extra = layer, []
        else:
            extra = ["--no-disk"]
        self.ctl("quickstart", medium, "--name", name, "--memory", guest.memory, "--cpus", 1,
                 "--firmware", guest.firmware, "--no-start", *extra)
        engine = os.environ.get("VITRINE_E2E_ENGINE")
        if engine:
            # The one network card that every engine has.
            self.ctl("modifyvm", name, "--engine", engine, "--nictype1", "virtio")
        self.machines.append(name)
        return name

    def info(self, name):
        """showvminfo --machinereadable as a dictionary; empty if there is no such machine."""
        text = self.ctl("showvminfo", name, "--machinereadable", check=False)
        return {key.strip('"'): value.strip('"')
                for key, _, value in (line.partition("=") for line in text.splitlines())}

    def state(self, name):
        return self.info(name).get("VMState", "")

    def wait_for_state(self, name, *states, timeout=30):
        wait_until(lambda: self.state(name) in states, timeout,
                   f"the machine {name} to be {' or '.join(states)} (it is {self.state(name)})",
                   every=0.3)

    def start(self, name, kind="gui"):
        self.ctl("startvm", name, "--type", kind)
        return self.window(name) if kind == "gui" else None

    def power_off(self, name):
        self.ctl("controlvm", name, "poweroff")
        self.wait_for_state(name, "poweroff")

    def power_off_all(self):
        """For the end of a test, whatever it came to."""
        for name in self.machines:
            if self.state(name) not in ("", "poweroff", "aborted"):
                self.ctl("controlvm", name, "poweroff", check=False)
                try:
                    self.wait_for_state(name, "poweroff", "aborted", "")
                except Timeout as problem:
                    print(problem)

    def wait_for_no_window(self, name):
        self.desktop.wait_for_no_window(rf"^{re.escape(name)} \[", 30)

    def wait_for_guest(self, name, guest):
        """Until the guest's known screen is there, window or not."""
        path = self.desktop.stage.temporary / f"{name}.png"

        def reached():
            if guest.stay and is_kvm_wanted():  # MachineWindow.stay()
                self.ctl("controlvm", name, "keyboardputscancode", *UP, check=False)
            self.ctl("controlvm", name, "screenshotpng", path, check=False)
            return path.exists() and guest.is_reached(Picture.from_file(path))
        patience = guest.timeout * (EMULATED_KVM if is_kvm_wanted() else 1)
        wait_until(reached, patience, f"the screen of {guest.name}", every=1)

    def definition(self, name):
        """The machine's file as JSON: fails if it is not whole."""
        path = pathlib.Path(self.info(name)["CfgFile"])
        return json.loads(path.read_text(encoding="utf-8"))

    # -- windows

    def window(self, name, timeout=60):
        number = self.desktop.wait_for_window(rf"^{re.escape(name)} \[.*Vitrine$", timeout)
        return MachineWindow(self.desktop, name, number)

    def manager(self, *arguments):
        """The manager's program and window."""
        program = self.desktop.run(["vitrine", *arguments])
        return program, self.desktop.wait_for_window("^Vitrine$", 60)


class MachineWindow:
    """A machine's window, looked at and touched where the guest's screen is."""

    def __init__(self, desktop, name, number):
        self.desktop, self.name, self.number = desktop, name, number
        self.pid = int(desktop.tool("xdotool", "getwindowpid", number))
        self.guest_size = None
        self.stayed = 0.0
        # Openbox may put a second window over the edge of the screen.
        desktop.tool("xdotool", "windowmove", number, 40, 60)

    def find(self, role, name, timeout=15):
        return widgets.find(self.desktop, role, name, timeout, self.pid)

    @property
    def screen(self):
        """The widget that shows the guest."""
        return self.find("canvas", "Screen of .*", 30)

    def area(self):
        """The rectangle of the guest's pixels: the widget's, less the border around a picture
        that is smaller than its widget."""
        x, y, width, height = self.screen.rectangle
        label = widgets.find_all(self.desktop, ".*", r"Resolution: \d+\s*.\s*\d+.*", self.pid)
        if label:
            self.guest_size = [int(number) for number in re.findall(r"\d+", label[0].name)[:2]]
        if self.guest_size:  # without a status bar, in full screen, the last one known
            guest = self.guest_size
            if guest[0] <= width and guest[1] <= height:
                x, y = x + (width - guest[0]) // 2, y + (height - guest[1]) // 2
                width, height = guest
        return x, y, width, height

    def look(self):
        return self.desktop.look(self.area())

    def wait_for(self, guest):
        """Until the guest's known screen is there; returns its picture. Notices are dismissed:
        they may stand where the guest's screen is."""
        def reached():
            self.stay(guest)
            for button in widgets.find_all(self.desktop, "push button|button",
                                           "Dismiss this notice", self.pid):
                button.press()
            picture = self.look()
            return picture if guest.is_reached(picture) else None
        try:
            patience = guest.timeout * (EMULATED_KVM if is_kvm_wanted() else 1)
            return wait_until(reached, patience, f"the screen of {guest.name}", every=0.5)
        except Timeout:
            self.look().save(self.desktop.stage.output / f"{guest.name}-instead.png")
            raise

    def stay(self, guest):
        """A KVM that only emulates may take longer to draw a menu than its countdown lasts."""
        if guest.stay and is_kvm_wanted() and time.monotonic() > self.stayed + 3:
            self.press(guest.stay)
            self.stayed = time.monotonic()

    def wait_for_change(self, before, least, what, timeout=60):
        """Until at least `least` pixels differ from the picture `before`."""
        return wait_until(lambda: self.look().changed(before) >= least, timeout,
                          f"{least} pixels of the guest's screen to change: {what}")

    def settle(self, seconds, timeout, least=1, at_least=0):
        """Until fewer than `least` pixels changed for `seconds`; returns the picture."""
        begin = last = time.monotonic()
        before = self.look()

        def quiet():
            nonlocal before, last
            now = self.look()
            if now.changed(before) >= least:
                before, last = now, time.monotonic()
            moment = time.monotonic()
            return now if moment - last >= seconds and moment - begin >= at_least else None
        return wait_until(quiet, timeout, f"the guest's screen to rest for {seconds} s", every=0.3)

    def focus(self):
        self.desktop.activate(self.number)
        self.desktop.click(*self.screen.middle)

    def press(self, *chords):
        self.desktop.activate(self.number)
        self.desktop.keys(*chords)

    def menu(self, *path):
        self.desktop.activate(self.number)
        widgets.choose_menu(self.desktop, *path, pid=self.pid)

    def close(self):
        self.desktop.close_window(self.number)
