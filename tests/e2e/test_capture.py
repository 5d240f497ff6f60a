#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capturing keyboard and mouse under X11: the window manager's shortcuts reach the guest while the
keyboard is captured and only then, and a captured mouse moves in the guest. QEMU itself tells what
the guest was given."""
import ctypes
import os
import signal

import case
import guests
from qemu_trace import QemuTrace

HOST_KEY = "105"  # Right Ctrl by its code: by its name, xdotool holds the left one as well


class Capture(case.DesktopCase):
    def boot(self, *changes):
        self.trace = QemuTrace(self.desktop)
        self.name = self.product.create(guests.GRUB)
        if changes:
            self.product.ctl("modifyvm", self.name, *changes)
        self.window = self.product.start(self.name)
        self.window.wait_for(guests.GRUB)
        self.window.press("Down", "Up")  # ends the countdown
        return self.window

    def says(self, name):
        self.window.find("push button|button|toggle button|check box", name)

    def reaches_the_guest(self, chord, *keys):
        from desktop import wait_until
        self.desktop.keys(chord)
        # xdotool lets go in the same order.
        wanted = [f"+{key}" for key in keys] + [f"-{key}" for key in keys]
        wait_until(lambda: self.trace.keys()[-len(wanted):] == wanted, 10,
                   f"{chord} to reach the guest (it got {self.trace.keys()[-6:]})")

    def test_the_window_managers_shortcuts_reach_the_guest_while_captured(self):
        window = self.boot()
        _, manager = self.product.manager()
        self.desktop.activate(window.number)
        self.desktop.keys(HOST_KEY)
        self.says("Keyboard: Captured")
        # In openbox: close the window, go to the next one, the desktop's menu, show the desktop.
        self.reaches_the_guest("alt+F4", "alt", "f4")
        self.reaches_the_guest("alt+Tab", "alt", "tab")
        self.reaches_the_guest("super+d", "meta_l", "d")
        self.reaches_the_guest("ctrl+alt+Left", "ctrl", "alt", "left")
        self.assertFalse(self.desktop.find_window('^Close "'), "Alt+F4 asked to close the window")
        self.assertEqual(self.active(), window.number)
        self.assertTrue(self.desktop.geometry(window.number)[2])

        self.desktop.keys(HOST_KEY)
        self.says("Keyboard: Free")
        before = len(self.trace.keys())
        self.desktop.keys("alt+Tab")
        from desktop import wait_until
        wait_until(lambda: self.active() == manager, 10, "Alt+Tab to go to the manager's window")
        self.assertNotIn("+tab", self.trace.keys()[before:])
        # Nothing of it stays pressed in the guest.
        wait_until(lambda: self.trace.keys().count("+alt") == self.trace.keys().count("-alt"), 10,
                   "Alt to be released in the guest")

    def active(self):
        return int(self.desktop.tool("xdotool", "getactivewindow").strip())

    def test_a_captured_mouse_moves_in_the_guest(self):
        from desktop import wait_until
        window = self.boot("--mouse", "ps2")
        x, y, width, height = window.area()
        self.desktop.click(x + width // 2, y + height // 2)
        self.says("Pointer: Captured")
        wait_until(lambda: self.trace.motion() is not None, 10, "the trace")
        before = self.trace.motion()
        for _ in range(30):
            self.desktop.tool("xdotool", "mousemove_relative", "--sync", "--", 40, -10)
        wait_until(lambda: self.trace.motion()[0] - before[0] >= 1000, 10,
                   "motion far beyond the screen to reach the guest")
        self.assertLess(self.trace.motion()[1], before[1])
        for button, name in (("1", "left"), ("3", "right"), ("8", "side")):
            before = len(self.trace.buttons())
            self.desktop.tool("xdotool", "click", button)
            wait_until(lambda: self.trace.buttons()[before:] == [f"+{name}", f"-{name}"], 10,
                       f"{name} to reach the guest")
        for button, name in (("4", "wheel-up"), ("6", "wheel-left"), ("7", "wheel-right")):
            self.turn(button, name)
        # With Alt held Qt's X11 platform calls the wheel one that turns sideways.
        self.desktop.tool("xdotool", "keydown", "alt")
        self.turn("5", "wheel-down")
        self.desktop.tool("xdotool", "keyup", "alt")
        self.desktop.keys(HOST_KEY)
        self.says("Pointer: Free")

    def turn(self, button, name):
        """More than once if need be: on X11, Qt asks where a wheel stands when the pointer enters a
        window, and a turn that was under way by then is none to it."""
        from desktop import wait_until

        def turned():
            self.desktop.tool("xdotool", "click", button)
            return f"-{name}" in self.trace.buttons()
        wait_until(turned, 10, f"{name} to reach the guest", every=1)

    def test_lock_lights_become_the_hosts(self):
        from desktop import wait_until
        window = self.boot()
        _, manager = self.product.manager()
        self.desktop.activate(manager)
        self.is_on = False
        self.toggle()
        self.addCleanup(lambda: self.is_on and self.toggle())
        self.assertNotIn("+caps_lock", self.trace.keys())
        self.desktop.activate(window.number)
        self.wait_for_caps_lock(1)
        # Once: coming back with nothing changed is no further press.
        self.desktop.activate(manager)
        self.desktop.activate(window.number)
        self.desktop.keys("Up")
        wait_until(lambda: self.trace.keys()[-1:] == ["-up"], 10, "a key to reach the guest")
        self.wait_for_caps_lock(1)
        self.desktop.activate(manager)
        self.toggle()
        self.desktop.activate(window.number)
        self.wait_for_caps_lock(2)

    def test_a_window_too_busy_to_see_itself_left_gets_the_lock_lights(self):
        window = self.boot()
        _, manager = self.product.manager()
        self.desktop.activate(window.number)
        self.is_on = False
        self.addCleanup(lambda: self.is_on and self.toggle())
        for times in (1, 2):
            # It finds that it lost the focus and that it got it back in one go.
            os.kill(window.pid, signal.SIGSTOP)
            try:
                self.desktop.activate(manager)
                self.toggle()
                self.desktop.activate(window.number)
            finally:
                os.kill(window.pid, signal.SIGCONT)
            self.wait_for_caps_lock(times)

    def wait_for_caps_lock(self, times):
        from desktop import Timeout, wait_until
        try:
            wait_until(lambda: self.trace.keys().count("-caps_lock") == times, 10,
                       f"Caps Lock to be pressed {times} times in the guest")
        except Timeout as problem:
            raise Timeout(f"{problem}; it got {self.trace.keys()}") from None

    def toggle(self):
        from desktop import wait_until
        self.desktop.keys("Caps_Lock")
        self.is_on = not self.is_on
        wait_until(lambda: caps_lock_is_on(self.desktop) == self.is_on, 10, "the host's Caps Lock")


def caps_lock_is_on(desktop):
    """As the X server has it."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(desktop.environment["DISPLAY"].encode()))
    state = ctypes.c_uint()
    core_keyboard, caps_lock = 0x100, 1
    x11.XkbGetIndicatorState(display, core_keyboard, ctypes.byref(state))
    x11.XCloseDisplay(display)
    return bool(state.value & caps_lock)


if __name__ == "__main__":
    case.run(guests.GRUB.medium)
