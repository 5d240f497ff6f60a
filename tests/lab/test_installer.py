#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's graphical installer from an ISO by BIOS, on the built-in engine in the lab: its list of
languages appears, and both the keyboard and the pointer move the selection in it.

    test_installer.py --build FOLDER

The guest's pointer is moved by vm_runner, which has orders for it.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import installer_page  # noqa: E402
import lab_machines  # noqa: E402

BUILD = ""
DOWN = "150"  # E0 50


class Installer(lab_machines.Case):
    LIMIT = 2300

    def start(self, *words):
        return lab_machines.Runner(self.session, BUILD, "installer", "--memory", "1280", "--cdrom",
                                   lab_machines.make_installer("gtk"), *words, timeout=self.LIMIT)

    def test_keyboard_and_tablet(self):
        machine = self.start()
        page = machine.wait_for(installer_page.is_reached, 1700, "the list of languages")
        machine.keep(page, "languages")
        top, bottom = installer_page.bar(page)
        height = bottom - top + 1

        machine.order("press " + DOWN)
        moved = machine.wait_for(lambda seen: installer_page.bar(seen) not in (None, (top, bottom)), 120,
                                 "the selection to move")
        machine.keep(moved, "keyboard")
        # The next row: rows differ in height by their scripts.
        self.assertTrue(bottom <= installer_page.bar(moved)[0] <= bottom + height, installer_page.bar(moved))

        machine.order("pointer")
        self.assertIn("[pointer absolute]", machine.log())
        target = top - 4 * height
        machine.order(f"move {page.width // 2} {target}")
        machine.order("click")
        clicked = machine.wait_for(lambda seen: installer_page.bar(seen) not in
                                   (None, installer_page.bar(moved)), 120, "a click to select")
        machine.keep(clicked, "pointer")
        first, last = installer_page.bar(clicked)
        self.assertTrue(first - 3 <= target <= last + 3, f"{target} was clicked, {first}-{last} is selected")
        machine.stop()


if __name__ == "__main__":
    lab_machines.run_tests(sys.modules[__name__])
