# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a test file: cases on one desktop, each with machines that are off at its end."""
import sys
import unittest

import stage


def run(*wanted_media):
    """Call under `if __name__ == "__main__"`; words on the command line choose cases."""
    def test():
        program = unittest.main(module="__main__", exit=False, verbosity=2,
                                argv=[sys.argv[0], *sys.argv[1:]])
        return 0 if program.result.wasSuccessful() and program.result.testsRun else 1
    stage.main(test, wanted_media)


class DesktopCase(unittest.TestCase):
    """Each case gets a desktop (self.desktop) and the product on it (self.product)."""

    size = (1600, 1200)

    def setUp(self):
        # Only on the stage: the guard needs neither libatspi nor a screen.
        from desktop import Desktop
        desktop = Desktop(*self.size)
        self.desktop = desktop.__enter__()
        self.addCleanup(desktop.__exit__, None, None, None)
        from product import Product
        self.product = Product(desktop)
        self.addCleanup(self.product.power_off_all)
        self.addCleanup(self.keep_evidence)

    def keep_evidence(self):
        """Cleanups run last in, first out: the screen is kept while everything is still there."""
        result = self._outcome.result
        if any(case is self for case, _ in result.failures + result.errors):
            self.desktop.keep_evidence(f"{self._testMethodName}-failed")

    def assertKeeps(self, question, seconds, message):
        """The opposite of waiting: `question()` stays true for so long."""
        import time
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.assertTrue(question(), message)
            time.sleep(0.2)
