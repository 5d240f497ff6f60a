#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real guest in a machine window: it comes up, and real key presses and clicks on that window
change its screen. The class names are the guests'; name one to run it alone."""
import os
import pathlib
import signal
import sys

import case
import guests
import picture
from stage import is_kvm_wanted


class GuestCase(case.DesktopCase):
    guest = None

    def boot(self):
        name = self.product.create(self.guest)
        window = self.product.start(name)
        self.prepare(window)
        window.wait_for(self.guest)
        return window

    def prepare(self, window):
        """What has to happen before the known screen comes."""

    def press_keys(self, window):
        if self.guest.stay and is_kvm_wanted():
            # The key that kept the menu there moves the selection, too, and may not have come yet.
            window.settle(2, 60, least=200)
        for key, least, what in self.guest.keys:
            before = window.look()
            window.press(key)
            window.wait_for_change(before, least, f"{key} should {what}")
        self.desktop.screenshot(f"{self.guest.name}-after-keys")

    def finish(self, name):
        self.product.power_off(name)
        self.product.wait_for_no_window(name)
        # The machine's own story has no complaint.
        self.product.definition(name)


class Grub(GuestCase):
    guest = guests.GRUB

    def test_arrow_keys_move_the_selection(self):
        window = self.boot()
        self.press_keys(window)
        self.finish(self.guest.name)


class Ipxe(GuestCase):
    guest = guests.IPXE

    def test_control_b_opens_the_prompt_and_typing_shows(self):
        name = self.product.create(self.guest)
        window = self.product.start(name)
        window.wait_for(self.guest)  # its banner, with a network address in cyan
        # It listens for two seconds, several times; the prompt is reached when nothing moves.
        from desktop import wait_until

        def at_prompt():
            window.press("ctrl+b")
            before = window.look()
            window.press("h")
            changed = window.look().changed_box(before)
            return changed is not None and changed[2] <= 40 and changed[3] <= 20
        wait_until(at_prompt, 90, "iPXE's prompt to show a typed letter", every=1)
        before = window.look()
        window.press("Return")
        window.wait_for_change(before, 30, "the typed line should be answered")
        self.finish(name)


class Memtest(GuestCase):
    guest = guests.MEMTEST

    def test_a_key_opens_the_configuration(self):
        window = self.boot()
        self.press_keys(window)
        self.finish(self.guest.name)


class DebianText(GuestCase):
    guest = guests.DEBIAN_TEXT

    def test_reaches_the_languages_and_arrow_keys_move(self):
        window = self.boot()
        self.press_keys(window)
        self.finish(self.guest.name)


class DebianGtk(GuestCase):
    guest = guests.DEBIAN_GTK

    def test_reaches_the_languages_and_keys_and_clicks_move(self):
        window = self.boot()
        window.settle(2, 60, least=200)
        self.press_keys(window)
        before = window.settle(2, 60, least=200)
        # A row well below the selected one; the pointer itself is far smaller than a row.
        x, y, width, height = window.area()
        self.desktop.click(x + width // 3, y + height // 3)
        window.wait_for_change(before, 3000, "a click should select another language")
        self.finish(self.guest.name)


class Desktop(GuestCase):
    guest = guests.DESKTOP

    def test_typing_and_the_pointer_reach_the_desktop(self):
        window = self.boot()
        window.settle(3, 120, least=400)
        # Into the terminal, wherever the guest has put it: top left on every screen size.
        x, y, width, height = window.area()
        self.desktop.click(x + 300, y + 250)
        self.press_keys(window)
        window.press("BackSpace")
        before = window.settle(2, 30, least=400)
        window.desktop.type("xeyes -geometry 200x200-40-40")
        window.press("Return")  # xdotool types a line feed, which a PC keyboard does not have
        window.wait_for_change(before, 10000, "the eyes' window should appear", timeout=90)
        # The eyes know where the guest's pointer is, even where it is drawn by the host.
        for place in ((x + 20, y + 20), (x + width - 20, y + height - 300)):
            before = window.settle(2, 30, least=400)
            self.desktop.move(*place)
            window.wait_for_change(before, 100, "the eyes should follow the pointer")
        self.desktop.screenshot("eyes")
        self.finish(self.guest.name)


class Separate(GuestCase):
    """The machine and its windows in processes of their own."""
    guest = guests.GRUB

    def window_processes(self, name):
        """The process ids of windows that were attached."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except OSError:
                continue  # it has ended
            if b"attach" in words and any(name.encode() in word for word in words):
                found.append(int(path.parent.name))
        return found

    def assert_shows_the_guest(self, window, name):
        """The window's pixels are the guest's."""
        from desktop import wait_until
        path = self.desktop.stage.temporary / "guest.png"

        def same():
            self.product.ctl("controlvm", name, "screenshotpng", path)
            return window.look().changed(picture.Picture.from_file(path)) <= 200  # a countdown
        wait_until(same, 30, "the window to show what the guest's screen is", every=0.5)

    def test_a_window_process_shows_the_guest_and_may_die(self):
        from desktop import wait_until
        name = self.product.create(self.guest)
        self.product.start(name, "separate")
        window = self.product.window(name)
        self.assertIn(window.pid, self.window_processes(name))
        window.wait_for(self.guest)
        self.press_keys(window)
        self.assert_shows_the_guest(window, name)
        self.desktop.screenshot("separate")

        # A window that stands still or dies is no matter to the machine.
        os.kill(window.pid, signal.SIGSTOP)
        self.product.ctl("controlvm", name, "keyboardputscancode", "50", "d0")
        self.assertEqual(self.product.state(name), "running")
        os.kill(window.pid, signal.SIGKILL)
        self.product.wait_for_no_window(name)
        self.assertEqual(self.product.state(name), "running")

        # Another one takes its place.
        self.desktop.run(["vitrine-vm", "--type", "attach", name])
        window = self.product.window(name)
        window.wait_for(self.guest)
        self.press_keys(window)
        self.assert_shows_the_guest(window, name)
        if is_kvm_wanted():
            self.second_window(name)
        self.finish(name)
        wait_until(lambda: not self.window_processes(name), 20, "the windows' processes to end")

    def second_window(self, name):
        """The built-in engine's screen is for several."""
        from desktop import wait_until
        self.desktop.run(["vitrine-vm", "--type", "attach", name])

        def windows():
            return [title for title in self.desktop.windows().values()
                    if title.startswith(f"{name} [")]
        wait_until(lambda: len(windows()) == 2, 60, "a second window")
        self.desktop.screenshot("two-windows")


def wanted():
    """The media of the classes named on the command line, or of all."""
    named = [globals()[word.split(".")[0]] for word in sys.argv[1:]
             if word.split(".")[0] in globals()]
    return [kind.guest.medium for kind in named or GuestCase.__subclasses__()]


if __name__ == "__main__":
    case.run(*wanted())
