# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines in a lab that stays up (lab_session.py): the product's, and vm_runner's where a test has to
do what the command line cannot, such as moving the pointer."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import lab
import lab_session
from lab_session import Ended, quoted

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from picture import Picture  # noqa: E402

# Real guests say nothing while they start: a screen is looked at so often, in seconds.
LOOK_EVERY = 5


class Machine:
    """What both have in common: a screen that is looked at."""

    def __init__(self, session, name):
        self.session = session
        self.name = name
        self._shots = 0

    def screenshot(self):
        self._shots += 1
        return self.keep_screenshot(f"{self.name}-{self._shots}")

    def wait_for(self, condition, timeout, what):
        """The first picture that fulfills `condition`. The last one seen is kept when none does."""
        end = time.monotonic() + timeout
        while True:
            picture = self.screenshot()
            if picture and condition(picture):
                return picture
            if time.monotonic() > end:
                where = keep(picture, f"{self.name}-late", tempfile.gettempdir())
                raise Ended(f"{self.name}: waited {timeout} s in vain for {what}; "
                            f"its picture is {where}\n{self.condition()}")
            time.sleep(LOOK_EVERY)

    def condition(self):
        """What may tell why something is late."""
        return ""

    def keep(self, picture, name):
        keep(picture, f"{self.name}-{name}")

    def wait_for_rest(self, timeout, what):
        """The picture when two in a row are the same."""
        last = [None]

        def is_at_rest(picture):
            before, last[0] = last[0], picture
            return before is not None and picture.changed(before) == 0

        return self.wait_for(is_at_rest, timeout, what)


class Runner(Machine):
    """A machine of vm_runner's."""

    def __init__(self, session, build, name, *words, timeout=900):
        super().__init__(session, name)
        session.run(f"mkfifo /run/{name}.orders")
        # The shell's descriptor keeps the pipe open between two orders.
        program = quoted(build + "/tests/vm_runner", "--commands", "--timeout", timeout, *words)
        session.run(f"(exec 3<>/run/{name}.orders; exec {program} <&3 "
                    f"> $LAB_OUT/{name}.out 2> $LAB_OUT/{name}.log) &")

    def out(self):
        """What the guest wrote to its serial port."""
        return self.session.log(self.name + ".out")

    def log(self):
        return self.session.log(self.name + ".log")

    def condition(self):
        """Where its vCPUs are, three times: does it run in circles, wait, or do nothing at all?"""
        for _ in range(3):
            self.order("describe", check=False)
            time.sleep(LOOK_EVERY)
        return self.log()[-6000:]

    def order(self, text, timeout=300, check=True):
        """Does it; "" or why not."""
        before = len(self.log())
        self.session.run(f"echo {quoted(text)} > /run/{self.name}.orders")
        done, failed = f"[done {text}]", f"[failed {text}: "
        answer = self.session.wait(
            lambda: next((line for line in self.log()[before:].splitlines()
                          if line.startswith((done, failed))), None), timeout, text)
        if answer.startswith(done):
            return ""
        if check:
            raise AssertionError(answer)
        return answer[len(failed):-1]

    def wait_for_text(self, text, timeout):
        self.session.wait(lambda: text in self.out(), timeout, f"\"{text}\" from {self.name}")

    def keep_screenshot(self, name):
        if self.order(f"screenshot /tmp/lab/{name}.ppm", check=False):
            return None
        return Picture.from_file(f"{self.session.out}/{name}.ppm")

    def stop(self):
        """Pulls the plug."""
        self.session.run(f"echo quit > /run/{self.name}.orders")
        self.wait_for_end(60)

    def wait_for_end(self, timeout):
        self.session.wait(lambda: "exits]" in self.log(), timeout, f"{self.name} to end")


class Product(Machine):
    """A machine of the product's, run by the built-in engine; with an empty SATA controller."""

    def __init__(self, session, build, name):
        super().__init__(session, name)
        self._ctl = build + "/bin/vitrinectl"
        self.ctl("createvm", "--name", name, "--register")
        self.modify("--engine", "kvm", "--nic1", "none", "--chipset", "ich9", "--mouse", "usbtablet",
                    "--audio-enabled", "off")
        self.ctl("storagectl", name, "--name", "SATA", "--add", "sata")

    def modify(self, *words):
        self.ctl("modifyvm", self.name, *words)

    def add_disc(self, path, port=0):
        self._attach("dvddrive", path, port)

    def add_disk(self, path, port):
        self._attach("hdd", path, port)

    def _attach(self, kind, path, port):
        self.ctl("storageattach", self.name, "--storagectl", "SATA", "--port", port, "--device", 0,
                 "--type", kind, "--medium", path)

    def ctl(self, *words, check=True, timeout=300):
        return self.session.run(quoted(self._ctl, *words), timeout, check)

    def start(self):
        self.ctl("startvm", self.name, "--type", "headless", timeout=240)

    def control(self, *words, check=True):
        return self.ctl("controlvm", self.name, *words, check=check)

    def press(self, *codes):
        """Keys by their set 1 make code, each down and up; ("e0", code) is one key."""
        data = []
        for code in codes:
            prefix, make = code if isinstance(code, tuple) else (None, code)
            for byte in (make, f"{int(make, 16) | 0x80:02x}"):
                data += ([prefix] if prefix else []) + [byte]
        self.control("keyboardputscancode", *data)

    def state(self):
        text = self.ctl("showvminfo", self.name, "--machinereadable").text
        return next((line.split('"')[1] for line in text.splitlines() if line.startswith("VMState=")), "")

    def wait_for_state(self, state, timeout):
        self.session.wait(lambda: self.state() == state, timeout, f"{self.name} to be in the state {state}")

    def keep_screenshot(self, name):
        if self.control("screenshotpng", f"/tmp/lab/{name}.png", check=False).code != 0:
            return None
        return Picture.from_file(f"{self.session.out}/{name}.png")

    def power_off(self):
        self.control("poweroff")


def run_tests(module):
    """Runs a file's tests with the words --build FOLDER; skips where no lab can be had."""
    parser = argparse.ArgumentParser(description=module.__doc__)
    parser.add_argument("--build", required=True)
    arguments, rest = parser.parse_known_args()
    module.BUILD = os.path.abspath(arguments.build)
    unittest.main(module=module, argv=[sys.argv[0], "-v"] + rest)


class Case(unittest.TestCase):
    """Its class has a lab of its own, self.session, for LIMIT seconds."""

    LIMIT = 900

    @classmethod
    def setUpClass(cls):
        cls.session = lab_session.Session(cls.LIMIT)
        try:
            cls.enterClassContext(cls.session)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)


def keep(picture, name, folder=None):
    """Where VITRINE_LAB_KEEP names a folder, or in `folder`: somebody wants to see for himself. The file."""
    folder = os.environ.get("VITRINE_LAB_KEEP", folder)
    if not folder or not picture:
        return None
    os.makedirs(folder, exist_ok=True)
    path = f"{folder}/vitrine-{name}.png"
    picture.save(path)
    return path


GRUB = """
set timeout=0
insmod all_video
menuentry Linux {
    linux /vmlinuz console=ttyS0 panic=-1 quiet pci=noearly
    initrd /initrd
}
"""


def made(command, text=None):
    """Runs what makes a medium, with the text as its input."""
    try:
        done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})
    except OSError as why:
        raise unittest.SkipTest(f"{command[0]} cannot be run: {why}") from None
    if done.returncode != 0:
        raise unittest.SkipTest(f"{command[0]} failed: {done.stdout}")


def make_linux_disc(folder, name, initrd, extra=()):
    """FOLDER/NAME.iso, which starts Debian's kernel by BIOS and by UEFI; `initrd` as linux_guest.files(),
    `extra` are (file, text) on the disc."""
    kernel, _ = lab.kernel()
    tree = f"{folder}/{name}.tree"
    os.makedirs(tree + "/boot/grub")
    lab.write_cpio(tree + "/initrd", initrd)
    shutil.copy(kernel, tree + "/vmlinuz")
    for file, text in (("boot/grub/grub.cfg", GRUB), *extra):
        pathlib.Path(tree, file).write_text(text, encoding="utf-8")
    made(["grub-mkrescue", "-o", f"{folder}/{name}.iso", tree])


def make_installer(variant):
    """The path of Debian's installer as an ISO ("text" or "gtk"), made at the first call."""
    cache = os.path.dirname(lab.CACHE)
    path = f"{cache}/debian-{variant}.iso"
    made([f"{lab.PROJECT}/tests/media/make_debian_iso.sh", path, variant])
    return path
