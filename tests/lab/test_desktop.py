#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian desktop in a machine window of the built-in engine's, in the KVM lab: pointer, keys, resolution,
clipboard, a shared folder, sound, a save and a restart on the virtio GPU, the plain VGA, two monitors in
two windows, and what the desktop costs at rest beside QEMU.

    test_desktop.py --build FOLDER [--parts desk,plain,heads,qemu]
"""

import argparse
import json
import os
import sys

import disk_media
import story

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from picture import Picture  # noqa: E402

# The desktop's blue and its terminal's white (tests/media/make_lab_disk.sh).
BLUE, WHITE = (0x33, 0x66, 0x99), (255, 255, 255)
PARTS = ["desk", "plain", "heads", "qemu"]


class Desktop(story.Story):
    inside = "desktop"
    limit = 7200

    @classmethod
    def arguments(cls):
        return [disk_media.disk(), *PARTS]

    def is_the_desktop(self, name):
        picture = Picture.from_file(self.path(name))
        self.assertGreater(picture.share(*BLUE), 0.2, name)
        self.assertGreater(picture.share(*WHITE), 0.1, name)
        return picture

    def test_both_cards_show_the_desktop(self):
        for part in ("desk", "plain"):
            if part in PARTS:
                self.is_the_desktop(part + ".png")

    def test_each_monitor_has_its_half_of_the_desktop(self):
        if "heads" not in PARTS:
            self.skipTest("this part was not told")
        self.is_the_desktop("heads-0.png")  # with the terminal
        right = Picture.from_file(self.path("heads-1.png"))
        self.assertGreater(right.share(*BLUE), 0.9)

    def test_the_picture_is_the_same_after_a_save(self):
        if "desk" not in PARTS:
            self.skipTest("this part was not told")
        before, after = map(self.is_the_desktop, ("before-save.png", "after-save.png"))
        self.assertEqual((before.width, before.height), (after.width, after.height))
        # But for the terminal's last lines and its blinking.
        self.assertLess(after.changed(before), before.width * before.height // 20)

    def test_a_desktop_at_rest_costs_at_most_half_of_qemu(self):
        if not {"desk", "qemu"} <= set(PARTS):
            self.skipTest("one of the two was not told")
        ours, theirs = (sum(json.loads(self.file(f"idle-{name}.json")).values()) for name in ("desk", "qemu"))
        print(f"exits of a desktop at rest: ours {ours}, QEMU's {theirs}, ratio {ours / theirs:.2f}")
        # Both come to their programs a few times a minute at most: less than that is not told apart.
        self.assertLessEqual(ours, max(theirs / 2, 6))


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--parts", default=",".join(PARTS))
    options, sys.argv[1:] = parser.parse_known_args()
    PARTS[:] = options.parts.split(",")
    Desktop.variant = "" if options.parts == parser.get_default("parts") else "-" + "-".join(PARTS)
    story.main()


if __name__ == "__main__":
    main()
