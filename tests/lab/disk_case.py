# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk of the built-in engine's under Linux' own driver: one machine of vm_runner's in the lab, saved
in the middle; what is in the files that it left is judged here."""

import argparse
import os
import sys
import tempfile
import unittest

import lab
import linux_guest

OPTIONS = argparse.Namespace(build="")


class DiskCase(unittest.TestCase):
    script = ""  # the guest's
    modules = ()  # of the guest's kernel
    limit = 1300  # seconds

    @classmethod
    def commands(cls, kernel):
        """What runs in the lab, as a shell script."""
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        out = cls.folder.name
        try:
            kernel, _ = linux_guest.write(out, cls.script, cls.modules)
            with open(out + "/run.sh", "w", encoding="utf-8") as file:
                file.write(cls.commands(kernel))
            cls.code, cls.text = lab.run(["sh", "/tmp/lab/run.sh"], timeout=cls.limit, out=out)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)
        for name in ("before", "after"):
            cls.text += cls.file(name + ".log")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def file(cls, name):
        path = f"{cls.folder.name}/{name}"
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def check_end(self):
        self.assertEqual(self.code, 0, self.text)
        self.assertIn("GUEST done", self.text)
        self.assertNotIn("GUEST trouble", self.text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    options, rest = parser.parse_known_args()
    OPTIONS.build = os.path.abspath(options.build)
    unittest.main(module="__main__", argv=[sys.argv[0]] + rest)
