#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SDL window (startvm --type sdl) under X11: its pixels are the guest's, keys and a captured
mouse reach the guest, the host key's combinations work, and closing it asks."""
import re

import case
import guests
import product
import widgets
from picture import Picture, split
from stage import is_kvm_wanted

HOST_KEY = "105"  # Right Ctrl by its code: by its name, xdotool holds the left one as well


class SdlWindow(product.MachineWindow):
    """All of the window is the guest's: there are no widgets."""

    def area(self):
        return self.desktop.geometry(self.number)

    def wait_for(self, guest):
        from desktop import wait_until

        def reached():
            self.stay(guest)
            return guest.is_reached(self.look())
        return wait_until(reached, guest.timeout, f"the screen of {guest.name}", every=0.5)

    def chord(self, key):
        """With the host key held."""
        self.desktop.activate(self.number)
        self.desktop.tool("xdotool", "keydown", HOST_KEY, "key", "--delay", "40", key,
                          "keyup", HOST_KEY)

    def title(self):
        return self.desktop.windows().get(self.number, "")


def enlarged(picture, factor):
    """Each pixel a square."""
    rows = []
    for row in picture.rows:
        wide = b"".join(pixel * factor for pixel in split(row, 4))
        rows += [wide] * factor
    return Picture(picture.width * factor, picture.height * factor, rows)


class Sdl(case.DesktopCase):
    def boot(self, *changes):
        guest = guests.GRUB
        self.name = self.product.create(guest)
        if changes:
            self.product.ctl("modifyvm", self.name, *changes)
        self.product.ctl("startvm", self.name, "--type", "sdl")
        window = SdlWindow(self.desktop, self.name, self.product.window(self.name).number)
        window.wait_for(guest)
        if not is_kvm_wanted():  # there it has been kept from ending
            window.press("Down", "Up")  # ends the countdown
        self.desktop.move(5, 5)  # the pointer is no pixel of the guest's
        return window

    def guest_picture(self):
        path = self.desktop.stage.temporary / "guest.png"
        self.product.ctl("controlvm", self.name, "screenshotpng", path)
        return Picture.from_file(path)

    def wait_for_the_same(self, window, factor=1):
        """Once what the window itself says at the start has gone, not a pixel is another."""
        from desktop import Timeout, wait_until

        def same():
            wanted = enlarged(self.guest_picture(), factor)
            x, y, width, height = window.area()
            x, y = x + (width - wanted.width) // 2, y + (height - wanted.height) // 2
            self.difference = self.desktop.look((x, y, wanted.width, wanted.height)).changed(wanted)
            return self.difference == 0
        try:
            wait_until(same, 40, "the window to show what the guest's screen is", every=0.5)
        except Timeout as problem:
            raise Timeout(f"{problem}; {self.difference} pixels differ") from None

    def test_the_window_shows_the_guest_to_the_pixel_and_takes_keys(self):
        from desktop import wait_until
        window = self.boot()
        self.assertRegex(window.title(), rf"^{self.name} \[Running\] - Vitrine$")
        self.wait_for_the_same(window)
        guest = self.guest_picture()
        self.assertEqual(window.area()[2:], (guest.width, guest.height))
        self.desktop.screenshot("sdl-window")
        for key, least, what in guests.GRUB.keys:
            before = window.look()
            window.press(key)
            window.wait_for_change(before, least, f"{key} should {what}")
            self.wait_for_the_same(window)

        # The whole screen: twice as large, in the middle of black.
        window.chord("f")
        wait_until(lambda: window.area() == (0, 0, self.desktop.width, self.desktop.height), 20,
                   "full screen")
        self.wait_for_the_same(window, factor=2)
        self.desktop.screenshot("sdl-full-screen")
        x, y = (self.desktop.width - 2 * guest.width) // 2, \
               (self.desktop.height - 2 * guest.height) // 2
        # Not the top left, where the pointer is.
        for border in ((0, self.desktop.height - y, self.desktop.width, y),
                       (self.desktop.width - x, 0, x, self.desktop.height)):
            self.assertEqual(self.desktop.look(border).share(0, 0, 0, tolerance=0), 1.0)
        before = window.look()
        window.press("Down")
        window.wait_for_change(before, 20000, "Down should move the selection in full screen")
        window.chord("f")
        wait_until(lambda: window.area()[2:] == (guest.width, guest.height), 20,
                   "the window to be as it was")
        self.desktop.move(5, 5)  # SDL leaves the pointer where it was in the window

        window.chord("plus")
        wait_until(lambda: window.area()[2] > guest.width, 10, "a larger window")
        window.chord("0")
        wait_until(lambda: window.area()[2:] == (guest.width, guest.height), 10, "the usual size")
        self.wait_for_the_same(window)

        window.chord("p")
        self.product.wait_for_state(self.name, "paused")
        wait_until(lambda: "[Paused]" in window.title(), 10, "the title to say Paused")
        self.desktop.screenshot("sdl-paused")
        window.chord("p")
        self.product.wait_for_state(self.name, "running")
        self.product.power_off(self.name)
        self.product.wait_for_no_window(self.name)

    def test_closing_asks_and_the_machine_goes_on_meanwhile(self):
        from desktop import wait_until
        window = self.boot()
        window.close()
        question = self.desktop.wait_for_window('^Close "')
        self.desktop.screenshot("sdl-close")
        self.assertEqual(self.product.state(self.name), "running")
        # It stands before the window it is about.
        relation = self.desktop.tool("xprop", "-id", question, "WM_TRANSIENT_FOR")
        self.assertEqual(int(re.search(r"0x[0-9a-f]+", relation).group(), 16), window.number)
        self.desktop.activate(question)
        self.desktop.keys("Escape")
        self.desktop.wait_for_no_window('^Close "')
        self.assertEqual(self.product.state(self.name), "running")

        window.close()
        question = self.desktop.wait_for_window('^Close "')
        self.desktop.activate(question)
        self.desktop.keys("alt+o")  # Power it off
        widgets.find(self.desktop, "push button|button", "OK", 15, window.pid).press()
        self.product.wait_for_state(self.name, "poweroff")
        self.product.wait_for_no_window(self.name)
        wait_until(lambda: not self.is_alive(window.pid), 20, "the machine's process to end")

    def is_alive(self, pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def test_a_captured_mouse_and_the_window_managers_keys_reach_the_guest(self):
        from desktop import wait_until
        from qemu_trace import QemuTrace
        if is_kvm_wanted():
            self.skipTest("QEMU is who tells what the guest was given")
        trace = QemuTrace(self.desktop)
        window = self.boot("--mouse", "ps2")
        x, y, width, height = window.area()
        self.desktop.click(x + width // 2, y + height // 2)
        wait_until(lambda: "releases the pointer" in window.title(), 10,
                   "the title to say how to get the pointer back")
        wait_until(lambda: trace.motion() is not None, 10, "the trace")
        before = trace.motion()
        for _ in range(30):
            self.desktop.tool("xdotool", "mousemove_relative", "--", 40, -10)
        wait_until(lambda: trace.motion()[0] - before[0] >= 1000, 10,
                   "motion far beyond the screen to reach the guest")
        self.assertLess(trace.motion()[1], before[1])
        for button, name in (("1", "left"), ("3", "right"), ("8", "side"), ("4", "wheel-up")):
            before = len(trace.buttons())
            self.desktop.tool("xdotool", "click", button)
            wait_until(lambda: trace.buttons()[before:] == [f"+{name}", f"-{name}"], 10,
                       f"{name} to reach the guest")
        # In openbox this would close the window.
        self.desktop.keys("alt+F4")
        wait_until(lambda: trace.keys()[-4:] == ["+alt", "+f4", "-alt", "-f4"], 10,
                   f"Alt+F4 to reach the guest (it got {trace.keys()[-6:]})")
        self.assertFalse(self.desktop.find_window('^Close "'))
        self.desktop.keys(HOST_KEY)
        wait_until(lambda: "releases the pointer" not in window.title(), 10, "the pointer's release")
        window.close()
        self.desktop.wait_for_window('^Close "')
        self.assertNotIn("+ctrl_r", trace.keys())


if __name__ == "__main__":
    case.run(guests.GRUB.medium)
