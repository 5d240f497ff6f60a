#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian guest on the built-in engine is saved and goes on twenty times, in the KVM lab, while it sums
up its memory, its disk and a shared folder.

    test_saves.py --build FOLDER

VITRINE_LAB_SAVES says how many times, if not twenty.
"""

import os

import disk_media
import story

TIMES = int(os.environ.get("VITRINE_LAB_SAVES", "20"))


class Saves(story.Story):
    inside = "saves"
    limit = 7200

    @classmethod
    def arguments(cls):
        return [disk_media.disk(), str(TIMES)]

    def test_nothing_became_another(self):
        self.assertIn(f"save {TIMES}:", self.text)
        self.assertNotRegex(self.file("serial.log"), r"\nDIFFERENT")


if __name__ == "__main__":
    story.main()
