#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine window's commands on a real guest: the optical drive, full screen, closing."""
import case
import guests

HOST_KEY = "Control_R"


class Window(case.DesktopCase):
    def boot(self):
        self.name = self.product.create(guests.GRUB)
        self.window = self.product.start(self.name)
        self.window.wait_for(guests.GRUB)
        self.window.press("Down", "Up")  # ends the countdown
        return self.window

    def reset(self):
        import widgets
        self.window.menu("Machine", "Reset.*")
        # It asks first.
        widgets.find(self.desktop, "push button", "Reset", 15, self.window.pid).click()

    def optical(self):
        info = self.product.info(self.name)
        return [value for key, value in info.items()
                if value.endswith(guests.GRUB.medium) or value == "emptydrive"]

    def test_eject_and_insert_are_seen_by_the_guest(self):
        from desktop import wait_until
        window = self.boot()
        self.assertTrue(self.optical()[0].endswith(guests.GRUB.medium))
        window.menu("Devices", "Optical Drives?", "Eject")
        wait_until(lambda: self.optical() == ["emptydrive"], 20, "the drive to be empty")
        self.reset()
        wait_until(lambda: not guests.GRUB.is_reached(window.look()), 20, "the guest to restart")
        # The firmware finds nothing to boot: the menu does not come back.
        self.assertKeeps(lambda: not guests.GRUB.is_reached(window.look()), 8,
                         "the guest started from a disc that had been ejected")
        self.desktop.screenshot("ejected")

        window.menu("Devices", "Optical Drives?", "Choose a Disk Image.*")
        self.pick_file(self.desktop.stage.media / guests.GRUB.medium)
        wait_until(lambda: self.optical() and self.optical()[0].endswith(guests.GRUB.medium), 20,
                   "the disc to be in the drive")
        self.reset()
        window.wait_for(guests.GRUB)
        self.product.power_off(self.name)

    def pick_file(self, path):
        """Types a path into the file dialog."""
        import widgets
        from desktop import wait_until
        field = widgets.find(self.desktop, "text", "File name:.*", 20, self.window.pid)
        dialogs = [number for number in self.desktop.windows() if number != self.window.number]
        self.desktop.activate(dialogs[-1])
        field.click()
        self.desktop.keys("ctrl+a")
        self.desktop.type(str(path))
        self.desktop.keys("Return")
        wait_until(lambda: dialogs[-1] not in self.desktop.windows(), 20, "the dialog to close")

    def test_full_screen_and_its_tool_bar(self):
        import widgets
        from desktop import wait_until
        window = self.boot()
        normal = self.desktop.geometry(window.number)
        window.press(f"{HOST_KEY}+f")
        full = (0, 0, self.desktop.width, self.desktop.height)
        self.accept_notice(window)
        wait_until(lambda: self.desktop.geometry(window.number) == full, 15,
                   "the window to fill the screen")
        window.wait_for(guests.GRUB)
        before = window.look()
        window.press("Down")
        window.wait_for_change(before, 5000, "keys should reach the guest in full screen")
        # The tool bar comes when the pointer touches the top edge, and goes with it.
        self.desktop.move(self.desktop.width // 2, self.desktop.height // 2)
        self.desktop.move(self.desktop.width // 2, 0)
        bar = window.find(".*", "Mini tool bar")
        wait_until(lambda: bar.rectangle[1] >= 0, 10, "the tool bar to slide in")
        self.desktop.screenshot("mini-tool-bar")
        leave = window.find("push button|button|toggle button|check box", "Leave full screen")
        leave.click()
        wait_until(lambda: self.desktop.geometry(window.number)[2:] == normal[2:], 15,
                   "the window to have its size again")
        window.wait_for(guests.GRUB)
        self.assertFalse(widgets.find_all(self.desktop, ".*", "Mini tool bar", window.pid))
        self.product.power_off(self.name)

    def accept_notice(self, window):
        """The first time, it may tell how to come back."""
        import time
        import widgets
        end = time.monotonic() + 3
        while time.monotonic() < end:
            for button in widgets.find_all(self.desktop, "push button", "Switch|OK|Full Screen",
                                           window.pid):
                button.click()
                return
            time.sleep(0.3)

    def test_close_asks_and_does_what_is_chosen(self):
        window = self.boot()
        # Cancel changes nothing.
        window.close()
        self.desktop.wait_for_window('^Close "')
        window.find("push button", "Cancel").click()
        self.desktop.wait_for_no_window('^Close "')
        self.assertEqual(self.product.state(self.name), "running")
        self.assertIn(window.number, self.desktop.windows())

        window.close()
        self.desktop.wait_for_window('^Close "')
        self.desktop.screenshot("close-dialog")
        window.find("radio button", "Keep it running.*").click()
        window.find("push button", "OK").click()
        self.product.wait_for_no_window(self.name)
        self.assertEqual(self.product.state(self.name), "running")

        # Started again, a running machine is shown.
        self.program, _ = self.product.manager()
        import widgets
        widgets.find(self.desktop, "list item|table cell|tree item", f"{self.name}, .*", 20,
                     self.program.pid).click(double=True)
        window = self.product.window(self.name)
        window.wait_for(guests.GRUB)
        window.close()
        self.desktop.wait_for_window('^Close "')
        window.find("radio button", "Power it off").click()
        window.find("push button", "OK").click()
        self.product.wait_for_state(self.name, "poweroff")
        self.product.wait_for_no_window(self.name)


if __name__ == "__main__":
    case.run(guests.GRUB.medium)
