# SPDX-License-Identifier: GPL-3.0-or-later
"""A test whose first half, inside_NAME.py, runs in the lab and leaves what it saw in files; the second
half judges them, here."""

import argparse
import os
import shutil
import sys
import unittest

import disk_media
import lab

BUILD = ""
HERE = os.path.dirname(os.path.abspath(__file__))


class Story(unittest.TestCase):
    inside = ""  # the name of the first half
    variant = ""  # of its folder, where it is told in several ways
    limit = 3600  # seconds, for the slowest computer that the lab comes up on
    memory = 3072
    extra = ()  # words for the lab's QEMU
    modules = ()  # of the lab's kernel
    watch = None  # see lab.run

    @classmethod
    def arguments(cls):
        """Words for the first half, after the build folder."""
        return [disk_media.disk()]

    @classmethod
    def setUpClass(cls):
        cls.folder = f"{BUILD}/lab/{cls.inside}{cls.variant}"  # kept, to be looked at
        shutil.rmtree(cls.folder, ignore_errors=True)
        os.makedirs(cls.folder)
        try:
            command = ["python3", f"{HERE}/inside_{cls.inside}.py", BUILD, *cls.arguments()]
            cls.code, cls.text = lab.run(command, timeout=cls.limit, memory=cls.memory, out=cls.folder,
                                         extra=cls.extra, modules=cls.modules, watch=cls.watch)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)

    def path(self, name):
        """A file that the first half has left."""
        path = f"{self.folder}/{name}"
        if not os.path.exists(path):
            self.fail(f"the lab left no {name}: {self.text}")
        return path

    def file(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def test_the_story_came_to_its_end(self):
        print(self.text)
        self.assertEqual(self.code, 0, self.text)
        self.assertIn("GUEST told all", self.text)


def main():
    global BUILD
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    arguments, rest = parser.parse_known_args()
    BUILD = os.path.abspath(arguments.build)
    try:
        lab.kernel()
        lab.busybox()
    except lab.NoLab as why:
        print("The KVM lab cannot be had:", why)
        sys.exit(lab.SKIP)
    unittest.main(module="__main__", argv=[sys.argv[0], "-v"] + rest)
