#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manager: an ISO becomes a running machine by one Return; machines outlive the manager; a
machine without a window is shown, and sent back to the background."""
import re

import case
import guests


class Manager(case.DesktopCase):
    def wizard(self):
        return self.desktop.wait_for_window("^New Machine", 60)

    def row(self, name, timeout=30):
        """The machine in the list."""
        import widgets
        return widgets.find(self.desktop, "list item|table cell|tree item", rf"{re.escape(name)}, .*", timeout,
                            self.program.pid)

    def test_an_iso_and_return_make_a_running_machine(self):
        from desktop import wait_until
        guest = guests.GRUB
        self.program, manager = self.product.manager(self.desktop.stage.media / guest.medium)
        wizard = self.wizard()
        self.desktop.screenshot("wizard")
        self.desktop.activate(wizard)
        # Create is the default button once the ISO has been looked at.
        import widgets
        create = widgets.find(self.desktop, "push button", "Create and start", 30, self.program.pid)
        wait_until(lambda: create.is_enabled, 30, "the wizard to be ready to create")
        self.desktop.keys("Return")
        wait_until(lambda: wizard not in self.desktop.windows(), 60, "the wizard to close")
        names = [line.split('"')[1] for line in self.product.ctl("list", "vms").splitlines()]
        self.assertEqual(len(names), 1, names)
        self.product.machines += names
        window = self.product.window(names[0], 60)
        window.wait_for(guest)
        self.row(names[0])
        self.desktop.screenshot("manager-and-machine")

        # The manager goes; the machine stays, and a new manager knows it.
        self.desktop.close_window(manager)
        self.assertEqual(self.program.wait(20), 0)
        self.assertEqual(self.product.state(names[0]), "running")
        before = window.look()
        window.press("Down")
        window.wait_for_change(before, 5000, "the selection should move")
        self.program, manager = self.product.manager()
        self.row(names[0])
        self.product.power_off(names[0])
        self.product.wait_for_no_window(names[0])

    def test_a_headless_machine_is_shown_and_sent_back(self):
        import widgets
        guest = guests.GRUB
        name = self.product.create(guest)
        self.product.start(name, "headless")
        self.assertEqual(self.product.state(name), "running")
        self.assertIsNone(self.desktop.find_window(rf"^{name} \["))
        # Its screen can be seen and its keys pressed without any window.
        self.product.wait_for_guest(name, guest)
        # Arrows down and up also end GRUB's countdown.
        self.product.ctl("controlvm", name, "keyboardputscancode", "e0", "50", "e0", "d0")
        self.product.ctl("controlvm", name, "keyboardputscancode", "e0", "48", "e0", "c8")
        self.product.wait_for_guest(name, guest)

        self.program, manager = self.product.manager()
        self.row(name).click()
        self.desktop.activate(manager)
        widgets.find(self.desktop, "push button|button", "Show", 20, self.program.pid).click()
        window = self.product.window(name)
        window.wait_for(guest)
        before = window.look()
        window.press("Down")
        window.wait_for_change(before, 5000, "keys should reach a machine shown later")

        window.menu("Machine", "Run in Background")
        self.product.wait_for_no_window(name)
        self.assertKeeps(lambda: self.product.state(name) == "running", 2,
                         "the machine should run on in the background")

        # And again: a window can come back any number of times.
        self.row(name).click(double=True)
        window = self.product.window(name)
        window.wait_for(guest)
        self.product.power_off(name)
        self.product.wait_for_no_window(name)


if __name__ == "__main__":
    case.run(guests.GRUB.medium)
