#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared folders that come and go while a Debian guest runs on the built-in engine, on both chipsets, in
the KVM lab.

    test_folders.py --build FOLDER [PiixFolders | Q35Folders]
"""

import disk_media
import story


class Folders(story.Story):
    inside = "folders"
    limit = 3600
    chipset = ""

    @classmethod
    def setUpClass(cls):
        cls.variant = "-" + cls.chipset
        super().setUpClass()

    @classmethod
    def arguments(cls):
        return [disk_media.disk(), cls.chipset]

    def test_the_kernel_had_nothing_to_complain_of(self):
        self.assertNotRegex(self.file("serial.log"), r"(?i)call trace|hung task|BUG:")


class PiixFolders(Folders):
    chipset = "piix3"


class Q35Folders(Folders):
    chipset = "ich9"


del Folders  # which is no test by itself

if __name__ == "__main__":
    story.main()
