#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manager and machine windows as Wayland programs under sway, which has no screen here: the picture,
typing, capturing the keyboard and the mouse and losing them again, full screen on another output,
sharp pixels. QEMU itself tells what the guest was given."""
import re
import sys
import unittest

import case
import guests
import stage
import wayland_desktop
from qemu_trace import QemuTrace


class Wayland(case.DesktopCase):
    scale = 1       # of the output the window is on
    guest = None    # the guest's resolution, as last told

    def boot(self, *changes):
        self.trace = QemuTrace(self.desktop)
        self.name = self.product.create(guests.GRUB)
        if changes:
            self.product.ctl("modifyvm", self.name, *changes)
        self.desktop.sway("workspace 1")
        self.product.ctl("startvm", self.name, "--type", "gui")
        self.number = self.desktop.wait_for_window(rf"^{re.escape(self.name)} \[.*Vitrine$", 60)
        self.pid = self.desktop.containers()[self.number]["pid"]
        self.place()
        self.wait_for_menu()

    def place(self):
        from desktop import wait_until
        self.desktop.sway(f"[con_id={self.number}] move absolute position 100 100")
        wait_until(lambda: self.desktop.geometry(self.number)[0] >= 100, 10, "the window to move")
        self.find_origin()

    def find_origin(self):
        """Where the desktop has what Qt calls the corner of the screen."""
        x, y = self.desktop.geometry(self.number)[:2]
        left, top = self.find("frame|window", rf"{re.escape(self.name)} \[.*").rectangle[:2]
        self.desktop.origin = x - left, y - top

    def find(self, role, name, timeout=15):
        import widgets
        return widgets.find(self.desktop, role, name, timeout, self.pid)

    def area(self):
        """Where the guest's screen is on the desktop, in logical pixels, less the border around a
        picture that is smaller."""
        import widgets
        x, y, width, height = self.find("canvas", "Screen of .*").rectangle
        label = widgets.find_all(self.desktop, ".*", r"Resolution: .*", self.pid)
        if label:  # without a status bar, in full screen, the last one known
            self.guest = [int(number) for number in re.findall(r"\d+", label[0].name)]
        guest = [number // self.scale for number in self.guest or (width, height)]
        left, top = self.desktop.origin
        x, y = x + left + max(0, width - guest[0]) // 2, y + top + max(0, height - guest[1]) // 2
        return x, y, min(width, guest[0]), min(height, guest[1])

    def look(self):
        return self.desktop.look(self.area())

    def wait_for_menu(self):
        import widgets
        from desktop import wait_until

        def reached():
            for button in widgets.find_all(self.desktop, "push button|button",
                                           "Dismiss this notice", self.pid):
                button.click()  # and the pointer is not over the picture
            return guests.GRUB.is_reached(self.look())
        wait_until(reached, guests.GRUB.timeout, "GRUB's menu in the window", every=0.5)

    def open_prompt(self):
        from desktop import wait_until
        self.desktop.activate(self.number)
        before = self.look()
        self.desktop.keys("c")
        wait_until(lambda: self.look().changed(before) > 5000, 20, "GRUB's prompt")

    def types(self, text):
        """Whether typing shows in the guest."""
        from desktop import wait_until
        before = self.look()
        self.desktop.type(text)
        wait_until(lambda: self.look().changed(before) > 20, 20, f"{text} to show in the guest")

    def says(self, name):
        """Waits for a state in the status bar."""
        self.find("push button|button|toggle button|check box", name)

    def test_the_manager_and_a_machine_are_shown_and_typed_into(self):
        _, manager = self.desktop.run(["vitrine"]), self.desktop.wait_for_window("^Vitrine$", 60)
        self.assertEqual(self.desktop.containers()[manager]["shell"], "xdg_shell")
        self.boot()
        self.assertEqual(self.desktop.containers()[self.number]["shell"], "xdg_shell")
        self.open_prompt()
        self.types("ls")
        self.desktop.screenshot("wayland-machine")
        self.assertIn("+l", self.trace.keys())
        self.assertIn("-s", self.trace.keys())

    def test_the_desktops_shortcuts_go_to_the_guest_only_while_captured(self):
        from desktop import wait_until
        self.boot()
        self.open_prompt()
        fired = self.desktop.fired
        self.desktop.keys("Super_L+x")
        wait_until(fired, 10, "sway's own shortcut, with nothing captured")
        self.assertNotIn("+x", self.trace.keys())

        self.desktop.keys("Control_R")
        self.says("Keyboard: Captured")
        self.types("x")
        self.desktop.keys("Super_L+x")
        wait_until(lambda: self.trace.keys()[-4:] == ["+meta_l", "+x", "-x", "-meta_l"], 10,
                   "Super and X to reach the guest")
        self.desktop.keys("Alt_L+F4")
        wait_until(lambda: "-f4" in self.trace.keys(), 10, "Alt and F4 to reach the guest")
        self.assertFalse(fired(), "sway used a shortcut that belongs to the guest")
        self.assertIn(self.number, self.desktop.windows())
        self.desktop.screenshot("wayland-captured")

        self.desktop.keys("Control_R")
        self.says("Keyboard: Free")
        self.assertNotIn("+ctrl_r", self.trace.keys())
        self.desktop.keys("Super_L+x")
        wait_until(fired, 10, "sway's own shortcut, with the keyboard free again")

        # The desktop's own way out.
        self.desktop.keys("Control_R")
        self.says("Keyboard: Captured")
        self.desktop.keys("Super_L+Escape")
        self.says("Keyboard: Free")
        self.desktop.keys("Control_R")
        self.says("Keyboard: Captured")

    def test_a_mouse_is_locked_and_moves_only_in_the_guest(self):
        from desktop import wait_until
        self.boot("--mouse", "ps2")
        x, y, width, height = self.area()
        left, top = self.desktop.origin
        middle = (x - left + width // 2, y - top + height // 2)
        self.desktop.click(*middle)
        self.says("Pointer: Captured")
        self.says("Keyboard: Captured")
        self.assertEqual(self.trace.buttons(), [], "the click that captures is the desktop's")
        self.find("label", "Press Right Ctrl to release the pointer")
        self.desktop.screenshot("wayland-pointer")
        before = self.trace.motion()
        for _ in range(20):
            self.desktop.hands.move_by(100, -7)  # far beyond the screen's edge
        wait_until(lambda: self.trace.motion() == (before[0] + 2000, before[1] - 140), 10,
                   f"all motion to reach the guest (it is {self.trace.motion()}, was {before})")
        for button, name in ((1, "left"), (3, "right"), (2, "middle"), (8, "side"), (9, "extra")):
            self.desktop.hands.click(button)
            wait_until(lambda: self.trace.buttons()[-2:] == [f"+{name}", f"-{name}"], 10,
                       f"the {name} button to reach the guest")
        self.desktop.hands.wheel(2)
        wait_until(lambda: self.trace.buttons().count("+wheel-down") == 2, 10, "the wheel")
        self.desktop.hands.wheel(-1)
        wait_until(lambda: self.trace.buttons().count("+wheel-up") == 1, 10, "the wheel's way back")
        self.desktop.hands.wheel(1, axis=1)
        wait_until(lambda: "-wheel-right" in self.trace.buttons(), 10, "the wheel to the right")

        self.desktop.keys("Control_R")
        self.says("Pointer: Free")
        before = self.trace.motion()
        self.desktop.hands.move_by(30, 30)
        self.assertEqual(self.trace.motion(), before)

        # Another window in front: everything is let go.
        self.desktop.click(*middle)
        self.says("Pointer: Captured")
        self.desktop.run(["vitrine"])
        manager = self.desktop.wait_for_window("^Vitrine$", 60)
        self.desktop.activate(manager)
        self.says("Pointer: Free")

    def test_full_screen_on_the_other_output(self):
        from desktop import wait_until

        def state():
            node = self.desktop.containers()[self.number]
            return node["output"], node["fullscreen_mode"]
        self.boot()
        self.assertEqual(state(), ("HEADLESS-1", 0))
        self.find("menu item|menu", "View").click()
        self.find("menu item|menu", "Full Screen on").click()
        self.desktop.screenshot("wayland-screens")
        self.find("menu item|radio menu item|check menu item", r"2: .*\(1280 × 1024\)").click()
        wait_until(lambda: state() == ("HEADLESS-2", 1), 15,
                   f"the window to fill the second output (it is {state()})")
        self.find_origin()
        wait_until(lambda: guests.GRUB.is_reached(self.look()), 20, "the guest to be shown there")
        self.desktop.screenshot("wayland-full-screen")
        self.desktop.keys("Control_R+f")
        wait_until(lambda: state()[1] == 0, 15, "the window to be one again")
        # It is remembered: full screen goes there by itself.
        self.desktop.sway(f"[con_id={self.number}] move container to output HEADLESS-1")
        wait_until(lambda: state() == ("HEADLESS-1", 0), 10, "the window to be back")
        self.desktop.activate(self.number)
        self.desktop.keys("Control_R+f")
        wait_until(lambda: state() == ("HEADLESS-2", 1), 15, "the second output again")

    def test_pixels_are_sharp_on_a_dense_screen(self):
        from desktop import wait_until
        from picture import Picture
        self.scale = 2
        self.desktop.sway("output HEADLESS-1 scale 2")
        self.addCleanup(self.desktop.sway, "output HEADLESS-1 scale 1")
        self.boot()
        path = self.desktop.stage.temporary / "guest.png"
        self.desktop.activate(self.number)
        self.desktop.keys("Down")  # ends the countdown

        def is_sharp():
            self.product.ctl("controlvm", self.name, "screenshotpng", path)
            guest = Picture.from_file(path)
            # The picture's corner may be between two logical pixels.
            x, y, width, height = self.find("canvas", "Screen of .*").rectangle
            left, top = self.desktop.origin
            seen = self.desktop.look((x + left, y + top, width, height), scale=self.scale)
            shown = seen.crop((seen.width - guest.width) // 2, (seen.height - guest.height) // 2,
                              guest.width, guest.height)
            return (shown.width, shown.height) == (guest.width, guest.height) \
                and shown.changed(guest) == 0
        wait_until(is_sharp, 30, "each of the guest's pixels to be one of the screen's", every=1)
        self.desktop.screenshot("wayland-dense")


def run(*wanted_media):
    def test():
        packages = wayland_desktop.missing()
        if packages:
            print(f"Skipped: install the packages {' '.join(packages)}", file=sys.stderr)
            return 77
        with wayland_desktop.WaylandDesktop() as desktop:
            case.DesktopCase.desktop = desktop
            program = unittest.main(module="__main__", exit=False, verbosity=2)
        return 0 if program.result.wasSuccessful() and program.result.testsRun else 1
    stage.main(test, wanted_media)


if __name__ == "__main__":
    run(guests.GRUB.medium)
