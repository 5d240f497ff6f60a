#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""memtest86+ from its ISO on the built-in engine in the lab, the product around it: it runs its tests,
gets on with them, finds no error, and hears the keyboard.

    test_memtest.py --build FOLDER
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab_machines  # noqa: E402

BUILD = ""
ISO = "/usr/lib/memtest86+/memtest86+x64.iso"
CELL = (9, 16)  # of its text, in pixels
BLUE = (0, 0, 170)
F1 = "3b"
F10 = "44"


def cells(picture, column, line, count):
    """A part of the text, as pixels."""
    return picture.crop(column * CELL[0], line * CELL[1], count * CELL[0], CELL[1])


def bar_length(picture, line):
    """How many # stand in the bar of the Pass (1) or Test (2) line, which begins at column 39."""
    blank = cells(picture, 78, 5, 1)  # nothing is written there
    length = 0
    while length < 40 and cells(picture, 39 + length, line, 1).changed(blank) > 0:
        length += 1
    return length


def is_testing(picture):
    return (picture.width, picture.height) == (720, 400) and picture.share(*BLUE) > 0.5 \
        and bar_length(picture, 1) > 0


class Memtest(lab_machines.Case):
    LIMIT = 900

    def test_it_tests_memory(self):
        if not os.path.exists(ISO):
            self.skipTest("memtest86+ is not installed (package memtest86+)")
        machine = lab_machines.Product(self.session, BUILD, "memtest")
        machine.modify("--memory", "64")
        machine.add_disc(ISO)
        machine.start()
        begun = machine.wait_for(is_testing, 400, "the tests to begin")
        machine.keep(begun, "begun")
        later = machine.wait_for(lambda seen: bar_length(seen, 1) > bar_length(begun, 1) + 2, 400,
                                 "the pass to get on")
        machine.keep(later, "later")
        # "Errors: 0" is where it was, and no table of errors has come.
        self.assertEqual(cells(later, 58, 8, 12).changed(cells(begun, 58, 8, 12)), 0)
        self.assertEqual(bar_length(later, 12), 0)
        machine.press(F1)
        menu = machine.wait_for(lambda seen: seen.changed(later) > 5000, 300, "the configuration")
        machine.keep(menu, "menu")
        machine.press(F10)
        machine.wait_for(lambda seen: seen.changed(menu) > 5000, 300, "the configuration to go")
        machine.power_off()


if __name__ == "__main__":
    lab_machines.run_tests(sys.modules[__name__])
