#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian disk on the built-in engine, by the product and as an ordinary user, in the KVM lab: it boots
by BIOS, is used by keyboard, fetches a package through our NAT and restarts.

    test_disk.py --build FOLDER
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import disk_media  # noqa: E402
import story  # noqa: E402
from picture import Picture  # noqa: E402

COLUMNS, LINES = 80, 25
CELL_WIDTH, CELL_HEIGHT = 9, 16


class Disk(story.Story):
    inside = "disk"

    @classmethod
    def arguments(cls):
        return [disk_media.disk(), disk_media.package()]

    def test_the_screen_shows_the_text_that_the_guest_has_on_it(self):
        picture = Picture.from_file(self.path("console.png"))
        self.assertEqual((picture.width, picture.height), (COLUMNS * CELL_WIDTH, LINES * CELL_HEIGHT))
        lines = [line.ljust(COLUMNS) for line in self.file("console.txt").split("\n")]
        self.assertGreaterEqual(len(lines), LINES)
        self.assertIn("Typed by", "".join(lines))
        wrong = []
        for row in range(LINES):
            for column in range(COLUMNS):
                cell = picture.crop(column * CELL_WIDTH, row * CELL_HEIGHT, CELL_WIDTH, CELL_HEIGHT)
                if cell.is_flat() != (lines[row][column] == " "):
                    wrong.append((row, column))
        # The cursor may be on a blank.
        self.assertLessEqual(len(wrong), 1, wrong)

    def test_linux_has_drivers_for_our_devices(self):
        text = self.file("drivers.txt")
        for driver in ("virtio_blk", "virtio_net", "virtio_rng", "atkbd", "psmouse", "rtc_cmos"):
            self.assertRegex(text, rf"drivers/{driver}/[a-z0-9:.]*\d")
        self.assertIn("virtio_rng.0", text.split("\n"))  # the one the kernel draws from
        self.assertIn('Name="AT Translated Set 2 keyboard"', text)
        self.assertRegex(text, r'Name=".*USB Tablet"')

    def test_the_network_gave_an_address_and_a_package(self):
        self.assertRegex(self.file("address.txt"), r"eth0 +UP +10\.0\.2\.15/24")
        self.assertIn("Setting up hello", self.file("apt.txt"))
        self.assertIn("Hello, world!", self.file("apt.txt"))


    def test_the_balloon_took_memory_from_the_guest(self):
        before, after = (int(re.search(r"free (\d+)", self.file(name))[1])
                         for name in ("free-before.txt", "free-with-balloon.txt"))
        self.assertGreater(before - after, 48 << 10, "of 64 MiB; other programs may have given some back")


if __name__ == "__main__":
    story.main()
