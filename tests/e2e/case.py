# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a test file: cases on one desktop, each with an empty home, and with its programs and
machines ended afterwards."""
import shutil
import sys
import time
import unittest

import stage


def run(*wanted_media):
    """Call under `if __name__ == "__main__"`; words on the command line choose cases."""
    def test():
        # Only on the stage: the guard needs neither libatspi nor a screen. One desktop for all
        # cases, because libatspi knows one bus per process.
        from desktop import Desktop
        with Desktop() as desktop:
            DesktopCase.desktop = desktop
            program = unittest.main(module="__main__", exit=False, verbosity=2)
        return 0 if program.result.wasSuccessful() and program.result.testsRun else 1
    stage.main(test, wanted_media)


class DesktopCase(unittest.TestCase):
    desktop = None  # and self.product, the product on it

    def setUp(self):
        for entry in self.desktop.stage.home.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        from product import Product
        self.product = Product(self.desktop)
        self.addCleanup(self.desktop.stop_since, self.desktop.mark())
        self.addCleanup(self.product.power_off_all)
        # Cleanups run last in, first out: the screen is kept while everything is still there.
        self.addCleanup(self.keep_evidence)

    def keep_evidence(self):
        result = self._outcome.result
        if any(case is self for case, _ in result.failures + result.errors):
            self.desktop.keep_evidence(f"{self._testMethodName}-failed")
            self.keep_logs()

    def keep_logs(self):
        """What the machines said: the next case begins with an empty home."""
        for log in self.desktop.stage.home.rglob("Logs/*.log"):
            machine = log.parent.parent.name
            shutil.copy(log, self.desktop.stage.output
                        / f"{self._testMethodName}-{machine}-{log.name}")
            end = log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:]
            print(f"The end of {machine}'s {log.name}:", *end, sep="\n  ", file=sys.stderr)

    def assertKeeps(self, question, seconds, message):
        """The opposite of waiting: `question()` stays true for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.assertTrue(question(), message)
            time.sleep(0.2)
