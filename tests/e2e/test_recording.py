#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Films of a guest's screen, decoded by ffmpeg: what the guest showed and played is in them, for as long
as it was shown and played, and a killed machine leaves one that plays."""
import array
import os
import pathlib
import shutil
import signal
import time
import unittest

import case
import guests
import stage
import widgets
from desktop import wait_until
from picture import Picture


class Recording(case.DesktopCase):
    def setUp(self):
        super().setUp()
        if not shutil.which("ffmpeg"):
            raise unittest.SkipTest("ffmpeg is not installed (package ffmpeg)")

    def boot(self):
        self.name = self.product.create(guests.GRUB)
        self.window = self.product.start(self.name)
        self.window.wait_for(guests.GRUB)
        self.window.press("Down", "Up")  # ends the countdown
        self.folder = pathlib.Path(self.product.info(self.name)["CfgFile"]).parent

    def sign(self):
        return widgets.find_all(self.desktop, "push button|button", r"Recording: \d+:\d\d",
                                self.window.pid)

    def films(self):
        return sorted(self.folder.glob("*.webm"))

    def facts(self, film):
        words = self.desktop.tool("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries",
                                  "stream=codec_name,width,height:format=duration",
                                  "-of", "default=noprint_wrappers=1", film)
        return dict(line.split("=", 1) for line in words.split())

    def last_picture(self, film):
        """Decodes all of it; the first thing that is wrong ends it."""
        path = self.desktop.stage.output / f"{film.stem}.png"
        self.desktop.tool("ffmpeg", "-v", "error", "-xerror", "-err_detect", "explode", "-y",
                          "-i", film, "-vsync", "passthrough", "-update", "1", path, timeout=120)
        return Picture.from_file(path)

    def middle(self, picture):
        """The guest's part: its screen is smaller than the film and as it is."""
        width, height = self.window.guest_size
        return picture.crop((picture.width - width) // 2, (picture.height - height) // 2,
                            width, height)

    def recorders(self):
        """Pids of this stage's vitrine-film."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            except OSError:
                continue
            if b"vitrine-film\0" + str(self.desktop.stage.runtime).encode() in words:
                found.append(int(entry.name))
        return found

    def test_a_machine_without_a_window_is_filmed(self):
        self.name = self.product.create(guests.GRUB)
        self.product.start(self.name, "headless")
        self.folder = pathlib.Path(self.product.info(self.name)["CfgFile"]).parent
        path = self.desktop.stage.temporary / "guest.png"

        def look():
            self.product.ctl("controlvm", self.name, "screenshotpng", path)
            return Picture.from_file(path)
        self.product.wait_for_guest(self.name, guests.GRUB)
        self.product.ctl("controlvm", self.name, "recording", "on")
        film, = self.films()
        self.assertEqual(len(self.recorders()), 1)
        begin = time.monotonic()
        time.sleep(3)
        self.product.ctl("controlvm", self.name, "keyboardputscancode", "e0", "50", "e0", "d0")
        time.sleep(1)
        last = look()
        self.product.ctl("controlvm", self.name, "recording", "off")
        taken = time.monotonic() - begin
        wait_until(lambda: not self.recorders(), 10, "the recorder to go")
        facts = self.facts(film)
        self.assertEqual(facts["codec_name"], "vp8")
        self.assertGreater(float(facts["duration"]), 3)
        self.assertLess(float(facts["duration"]), taken + 2)
        seen = self.last_picture(film)
        seen = seen.crop((seen.width - last.width) // 2, (seen.height - last.height) // 2,
                         last.width, last.height)
        self.assertTrue(guests.GRUB.is_reached(seen))
        # A machine that is switched off leaves a whole film; the next run begins with one by itself.
        self.product.ctl("controlvm", self.name, "recording", "on")
        self.product.power_off(self.name)
        wait_until(lambda: not self.recorders(), 10, "the recorder to go")
        self.product.ctl("modifyvm", self.name, "--recording", "on", "--recording-file", "each-run")
        self.product.start(self.name, "headless")
        wait_until(lambda: (self.folder / "each-run.webm").exists(), 20, "the run's film")
        wait_until(lambda: self.recorders(), 10, "the run's recorder")
        time.sleep(3)
        self.product.power_off(self.name)
        wait_until(lambda: not self.recorders(), 10, "the recorder to go")
        self.assertEqual(len(self.films()), 3)
        for film in self.films():
            self.last_picture(film)

    def test_what_the_guest_shows_is_in_the_film(self):
        self.boot()
        self.assertFalse(self.sign())
        begin = time.monotonic()
        self.product.ctl("controlvm", self.name, "recording", "on")
        wait_until(self.sign, 15, "the red sign")
        film, = self.films()
        # A reset in the middle: the same film goes on.
        self.product.ctl("controlvm", self.name, "reset")
        self.window.wait_for_change(self.window.look(), 1000, "the firmware's screen")
        self.window.wait_for(guests.GRUB)
        before = self.window.look()
        self.window.press("Down")
        self.window.wait_for_change(before, 5000, "the selection")
        self.window.wait_for(guests.GRUB)  # all of it: a slow guest draws a while
        # While the machine stands nothing is recorded.
        self.product.ctl("controlvm", self.name, "pause")
        self.product.wait_for_state(self.name, "paused")
        running = time.monotonic() - begin
        self.assertKeeps(self.sign, 4, "the sign is gone")
        self.product.ctl("controlvm", self.name, "resume")
        resumed = time.monotonic()
        self.sign()[0].press()
        wait_until(lambda: not self.sign(), 15, "the sign to go")
        running += time.monotonic() - resumed
        self.assertEqual(self.films(), [film])

        facts = self.facts(film)
        self.assertEqual(facts["codec_name"], "vp8")
        self.assertEqual((facts["width"], facts["height"]), ("1024", "768"))
        self.assertGreater(float(facts["duration"]), 3)
        self.assertLess(float(facts["duration"]), running + 2)
        last = self.middle(self.last_picture(film))
        self.assertTrue(guests.GRUB.is_reached(last))
        self.desktop.screenshot("recorded")

    def brightness(self, film):
        """[(seconds, 0 to 255), ...] of each picture."""
        times = self.desktop.tool("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries",
                                  "packet=pts_time", "-of", "csv=p=0", film, timeout=120).split()
        raw = self.desktop.stage.temporary / "gray.raw"
        self.desktop.tool("ffmpeg", "-v", "error", "-xerror", "-y", "-i", film, "-map", "0:v", "-vsync",
                          "passthrough", "-vf", "scale=1:1", "-pix_fmt", "gray", "-f", "rawvideo", raw,
                          timeout=120)
        values = raw.read_bytes()
        self.assertEqual(len(times), len(values))
        return [(float(time.strip(",")), value) for time, value in zip(times, values)]

    def sound(self, film):
        """The left side's samples, 48000 a second."""
        raw = self.desktop.stage.temporary / "sound.raw"
        self.desktop.tool("ffmpeg", "-v", "error", "-xerror", "-y", "-i", film, "-map", "0:a", "-ar",
                          "48000", "-ac", "2", "-f", "s16le", raw, timeout=120)
        samples = array.array("h")
        samples.frombytes(raw.read_bytes())
        return samples[::2]

    def film_of_horn(self, kind):
        """What becomes white and plays 500 Hz for three seconds, in a film."""
        self.name = self.product.create(guests.HORN)
        self.folder = pathlib.Path(self.product.info(self.name)["CfgFile"]).parent
        self.product.ctl("modifyvm", self.name, "--audio-enabled", "on", "--audio-controller", "hda",
                         "--audio-out", "on")
        self.product.start(self.name, kind)
        path = self.desktop.stage.temporary / "guest.png"

        def is_white():
            self.product.ctl("controlvm", self.name, "screenshotpng", path)
            return Picture.from_file(path).share(170, 170, 170) > 0.9

        def blow():
            self.product.ctl("controlvm", self.name, "keyboardputscancode", "39", "b9")

        def is_ready():
            blow()
            return is_white()
        wait_until(is_ready, 120, "the guest to hear a key", every=3)
        blow()
        wait_until(lambda: not is_white(), 60, "the guest to be silent")
        self.product.ctl("controlvm", self.name, "recording", "on")
        film, = self.films()
        time.sleep(2)
        blow()
        time.sleep(3)
        blow()
        wait_until(lambda: not is_white(), 60, "the guest to be silent")
        time.sleep(1)
        self.product.ctl("controlvm", self.name, "recording", "off")
        wait_until(lambda: not self.recorders(), 10, "the recorder to go")
        self.product.power_off(self.name)
        return film

    def check_horn(self, film):
        streams = self.desktop.tool("ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of",
                                    "csv=p=0", film).split()
        if not stage.is_kvm_wanted():
            self.assertEqual(streams, ["vp8"])  # QEMU plays without us
            return
        self.assertEqual(streams, ["vp8", "opus"])
        pictures = self.brightness(film)
        white = [at for at, value in pictures if value > 40]
        samples = self.sound(film)
        loud = [place for place, sample in enumerate(samples) if abs(sample) > 2000]
        self.assertTrue(white and loud, (pictures, len(samples)))
        begin, end = loud[0], loud[-1]
        ups = sum(1 for i in range(begin + 1, end) if samples[i - 1] < 0 <= samples[i])
        hertz = ups / (end - begin) * 48000
        print(f"white from {white[0]:.2f} s to {white[-1]:.2f} s, {hertz:.1f} Hz from "
              f"{begin / 48000:.2f} s to {end / 48000:.2f} s, {pictures[-1][0]:.2f} s of pictures, "
              f"{len(samples) / 48000:.2f} s of sound")
        self.assertAlmostEqual(hertz, 500, delta=10)
        self.assertGreater(end - begin, 2.5 * 48000)
        # The guest paints first; how long that takes such a KVM, and how late a busy computer looks,
        # is in it.
        self.assertAlmostEqual(white[0], begin / 48000, delta=0.4)
        self.assertAlmostEqual(white[-1], end / 48000, delta=0.4)
        duration = float(self.facts(film)["duration"])
        self.assertAlmostEqual(pictures[-1][0], duration, delta=0.1)
        self.assertAlmostEqual(len(samples) / 48000, duration, delta=0.1)

    def test_what_the_guest_plays_is_in_the_film(self):
        self.check_horn(self.film_of_horn("headless"))

    def test_what_the_guest_plays_is_in_the_windows_film(self):
        self.check_horn(self.film_of_horn("gui"))

    def test_no_film_is_overwritten_and_settings_count(self):
        self.boot()
        for words in (("filename", "film.webm"), ("videores", "640x480"), ("videofps", "10"),
                      ("maxtime", "2")):
            self.product.ctl("controlvm", self.name, "recording", *words)
        for count in (1, 2):
            self.product.ctl("controlvm", self.name, "recording", "on")
            # It ends by itself.
            wait_until(lambda: not self.sign() and len(self.films()) == count, 20, "the limit")
        self.assertEqual([film.name for film in self.films()], ["film (2).webm", "film.webm"])
        for film in self.films():
            facts = self.facts(film)
            self.assertEqual((facts["width"], facts["height"]), ("640", "480"))
            self.assertAlmostEqual(float(facts["duration"]), 2, delta=0.5)
            self.last_picture(film)

    def test_a_killed_machine_leaves_a_film(self):
        self.boot()
        self.product.ctl("controlvm", self.name, "recording", "on")
        wait_until(self.sign, 15, "the red sign")
        film, = self.films()
        size = film.stat().st_size
        wait_until(lambda: film.stat().st_size > size + 1000, 20, "more of the film")
        self.window.press("Down", "Up", "Down")
        grown = film.stat().st_size
        wait_until(lambda: film.stat().st_size > grown, 20, "the film to go on")
        os.kill(self.window.pid, signal.SIGKILL)
        self.product.wait_for_state(self.name, "aborted")
        self.assertGreater(float(self.facts(film)["duration"]), 1)
        self.assertTrue(guests.GRUB.is_reached(self.middle(self.last_picture(film))))


if __name__ == "__main__":
    case.run(guests.GRUB.medium, guests.HORN_SOURCE)
