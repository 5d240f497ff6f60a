#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian desktop in a machine window of the built-in engine's, in the KVM lab: pointer, keys, resolution,
clipboard, a shared folder, sound, a save and a restart on the virtio GPU, the plain VGA, and what the
desktop costs at rest beside QEMU; four monitors in four windows; a USB stick that is mounted, and a save with
everything attached; pictures and files by the agent; the desktop in remote-viewer; and a tone beside a
program that takes the processor.

    test_desktop.py --build FOLDER [--parts desk,plain,qemu,heads,usb,clips,remote,tone]
"""

import argparse
import json
import os
import sys
import tempfile

import disk_media
import lab_machines
import story

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from picture import Picture  # noqa: E402

# The desktop's blue and its terminal's white (tests/media/make_lab_disk.sh).
BLUE, WHITE = (0x33, 0x66, 0x99), (255, 255, 255)
PARTS = ["desk", "plain", "qemu", "heads", "usb", "clips", "remote", "tone"]
# What fills the four monitors (desktop_heads.py).
FILLS = ((0x33, 0x66, 0xcc), (0xcc, 0x33, 0x33), (0x33, 0xaa, 0x33), (0xcc, 0x99, 0x33))
# The lab's own drivers have the devices until the guest gets them.
USB_MODULES = ("xhci_pci", "usb_storage", "sd_mod", "ext4", "crc32c_generic", "snd_usb_audio")


def needs(part):
    """A test of this part alone."""
    def decorate(test):
        def skipping(self):
            if part not in PARTS:
                self.skipTest("this part was not told")
            test(self)
        skipping.__doc__ = test.__doc__
        return skipping
    return decorate


class Desktop(story.Story):
    inside = "desktop"
    limit = 7200

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="desktop-") as work:
            if "usb" in PARTS:
                cls.plug_devices(work)
            super().setUpClass()

    @classmethod
    def plug_devices(cls, work):
        """Into the lab's computer: a stick with a file on it, and a sound card on USB."""
        os.mkdir(work + "/files")
        with open(work + "/files/from-host", "wb") as file:
            file.write(os.urandom(4 << 20))
        with open(work + "/stick", "wb") as file:
            file.truncate(48 << 20)
        lab_machines.made(["mke2fs", "-q", "-t", "ext4", "-F", "-d", work + "/files", work + "/stick"])
        cls.modules = USB_MODULES
        cls.extra = ["-device", "qemu-xhci,id=usb,p2=8,p3=8",
                     "-blockdev", f"file,node-name=medium,filename={work}/stick,cache.direct=off",
                     "-device", "usb-storage,drive=medium,bus=usb.0,serial=LAB-1",
                     "-audiodev", "none,id=silence", "-device", "usb-audio,bus=usb.0,audiodev=silence"]

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

    @needs("heads")
    def test_each_monitor_and_its_window_show_their_own_picture(self):
        for place in range(len(FILLS)):
            for name in (f"heads-{place}.png", f"heads-window-{place}.png"):
                picture = Picture.from_file(self.path(name))
                shares = [picture.share(*fill) for fill in FILLS]
                self.assertGreater(shares.pop(place), 0.6, name)
                self.assertLess(sum(shares), 0.1, name)

    @needs("usb")
    def test_everything_was_used_before_and_after_a_save(self):
        for part in ("stick: mounted", "everything before the save", "everything after the save"):
            self.assertIn(part, self.text)

    @needs("clips")
    def test_the_agent_takes_more_than_words(self):
        for part in ("a PNG both ways", "only the ways that are on", "drop: a file"):
            self.assertIn(part, self.text)

    @needs("remote")
    def test_remote_viewer_shows_each_pixel(self):
        picture = self.is_the_desktop("remote.png")
        self.assertIsNotNone(Picture.from_file(self.path("remote-host.png")).find(picture))

    @needs("desk")
    def test_the_picture_is_the_same_after_a_save(self):
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
