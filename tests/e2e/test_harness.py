#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests' own tools: comparisons that can fail, a desktop that goes away, and a guard that
notices what a test leaves behind. Needs none of the product's programs."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest

import guests
import stage
from picture import Picture

HERE = pathlib.Path(__file__).resolve().parent


def plain(width, height, red=0, green=0, blue=0):
    return Picture(width, height, [bytes((blue, green, red, 0)) * width] * height)


def with_box(picture, x, y, width, height, value=255):
    rows = list(picture.rows)
    for line in range(y, y + height):
        row = bytearray(rows[line])
        row[4 * x:4 * (x + width)] = bytes((value, value, value, 0)) * width
        rows[line] = bytes(row)
    return Picture(picture.width, picture.height, rows)


class Pictures(unittest.TestCase):
    def test_changes_are_counted_and_located(self):
        before = plain(320, 200)
        after = with_box(before, 30, 40, 10, 5)
        self.assertEqual(before.changed(before), 0)
        self.assertEqual(after.changed(before), 50)
        self.assertEqual(after.changed_box(before), (30, 40, 10, 5))
        self.assertIsNone(before.changed_box(before))
        self.assertEqual(before.changed(plain(100, 100)), 320 * 200)

    def test_shares_of_colors(self):
        picture = with_box(plain(100, 100, blue=170), 0, 0, 100, 25)
        self.assertAlmostEqual(picture.share(0, 0, 170), 0.75)
        self.assertAlmostEqual(picture.share(255, 255, 255), 0.25)
        self.assertEqual(picture.share(255, 0, 0), 0)

    def test_looks_are_told_apart(self):
        left, right = with_box(plain(640, 400), 0, 0, 320, 400), with_box(plain(640, 400), 320, 0,
                                                                          320, 400)
        larger = with_box(plain(1280, 800), 0, 0, 640, 800)
        self.assertGreater(left.resembles(larger), 0.99)
        self.assertLess(left.resembles(right), 0)
        self.assertEqual(left.resembles(plain(640, 400)), 0)
        self.assertTrue(plain(20, 20).is_flat())
        self.assertFalse(left.is_flat())

    def test_files_keep_every_pixel(self):
        picture = with_box(plain(61, 37, red=9, green=80, blue=200), 3, 4, 11, 7)
        with tempfile.TemporaryDirectory() as folder:
            picture.save(pathlib.Path(folder) / "picture.png")
            again = Picture.from_file(pathlib.Path(folder) / "picture.png")
        self.assertEqual((again.width, again.height), (61, 37))
        self.assertAlmostEqual(again.share(9, 80, 200, 0), picture.share(9, 80, 200, 0))

    def test_known_screens_exist_and_differ(self):
        for guest in guests.ALL.values():
            self.assertFalse(guest.is_reached(plain(720, 400)), guest.name)
            for name in guest.screens:
                self.assertGreater(guests.reference(name).resembles(guests.reference(name)), 0.99)
                self.assertFalse(guests.reference(name).is_flat(), name)


class Guarding(unittest.TestCase):
    """Runs small test scripts of its own through the guard."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.build = self.folder / "build"
        self.build.mkdir()
        (self.build / "cmake_install.cmake").touch()  # installs nothing

    def start(self, body):
        """A copy of the harness with one more script in it."""
        scripts = self.folder / "e2e"
        subprocess.run(["cp", "-r", HERE, scripts], check=True)
        script = scripts / "small.py"
        script.write_text("import stage\ndef test():\n" + textwrap.indent(textwrap.dedent(body), "    ")
                          + "\nstage.main(test)\n")
        return subprocess.Popen([sys.executable, script, "--build", self.build], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})

    def assertNothingLeft(self, base):
        self.assertFalse(pathlib.Path(base).exists(), f"{base} is still there")
        mark = f"{stage.VARIABLE}={base}".encode()
        for entry in pathlib.Path("/proc").glob("[0-9]*/environ"):
            try:
                self.assertNotIn(mark, entry.read_bytes().split(b"\0"), f"{entry} is still there")
            except OSError:
                pass

    def test_runs_as_an_ordinary_user_with_a_home_of_its_own(self):
        run = self.start("""
            import os, pathlib
            assert os.geteuid() != 0
            assert pathlib.Path.home() == stage.current().home
            (pathlib.Path.home() / "mine").touch()
            print(stage.current().base)
            """)
        output = run.communicate(timeout=60)[0]
        self.assertEqual(run.returncode, 0, output)
        self.assertNothingLeft(output.split()[-1])

    def test_a_process_left_behind_is_ended_and_fails_the_test(self):
        run = self.start("""
            import subprocess
            subprocess.Popen(["setsid", "sleep", "3600"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
            print(stage.current().base, flush=True)
            """)
        base = run.stdout.readline().strip()
        rest = run.communicate(timeout=60)[0]
        self.assertEqual(run.returncode, 1, rest)
        self.assertIn("sleep 3600", rest)
        self.assertNothingLeft(base)

    def test_a_terminated_guard_takes_the_desktop_along(self):
        run = self.start("""
            import time
            from desktop import Desktop
            with Desktop(640, 480) as desktop:
                assert desktop.look().width == 640
                print(stage.current().base, flush=True)
                time.sleep(3600)
            """)
        base = run.stdout.readline().strip()
        self.assertTrue(base.startswith("/tmp/ve-"), base + (run.stdout.read() if not base else ""))
        run.send_signal(signal.SIGTERM)
        rest = run.communicate(timeout=60)[0]
        self.assertEqual(run.returncode, 143, rest)
        self.assertNothingLeft(base)


if __name__ == "__main__":
    unittest.main(verbosity=2)
