#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real guest in a machine window: it comes up, and real key presses and clicks on that window
change its screen. The class names are the guests'; name one to run it alone."""
import sys

import case
import guests


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


def wanted():
    """The media of the classes named on the command line, or of all."""
    named = [globals()[word.split(".")[0]] for word in sys.argv[1:]
             if word.split(".")[0] in globals()]
    return [kind.guest.medium for kind in named or GuestCase.__subclasses__()]


if __name__ == "__main__":
    case.run(*wanted())
