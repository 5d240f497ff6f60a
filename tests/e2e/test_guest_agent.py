#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""guestproperty and guestcontrol with a real qemu-guest-agent in a real guest, from the command line as
VBoxManage's users know it."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import agent_guest

BOOT_LIMIT = 240  # software emulation on two busy cores


class GuestAgent(unittest.TestCase):
    build = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="vtga-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.environment = {**os.environ, "LANG": "C.UTF-8", "VITRINE_ACCELERATION": "none"}
        for name, variable in (("home", "HOME"), ("config", "XDG_CONFIG_HOME"),
                               ("cache", "XDG_CACHE_HOME"), ("run", "XDG_RUNTIME_DIR")):
            os.mkdir(f"{cls.folder}/{name}", 0o700)
            cls.environment[variable] = f"{cls.folder}/{name}"
        agent_guest.make_disc(cls.folder + "/guest.iso")
        cls.good("quickstart", cls.folder + "/guest.iso", "--name", "g", "--disk-size", "2G",
                 "--memory", "384", "--engine", "qemu", "--no-start")
        cls.good("modifyvm", "g", "--nic1", "nat", "--nictype1", "virtio")
        cls.good("startvm", "g", "--type", "headless")
        cls.addClassCleanup(cls.run_ctl, "controlvm", "g", "poweroff")
        started = time.monotonic()
        while "10.0.2.15" not in cls.good("guestproperty", "get", "g",
                                          "/VirtualBox/GuestInfo/Net/0/V4/IP"):
            if time.monotonic() > started + BOOT_LIMIT:
                raise AssertionError(f"no agent answered within {BOOT_LIMIT} s")
            time.sleep(1)
        print(f"the agent answered after {time.monotonic() - started:.0f} s", file=sys.stderr)

    @classmethod
    def run_ctl(cls, *words, program="bin/vitrinectl", text=True, limit=120):
        return subprocess.run([f"{cls.build}/{program}", *words], env=cls.environment,
                              cwd=cls.folder, capture_output=True, text=text, timeout=limit)

    @classmethod
    def good(cls, *words, **more):
        done = cls.run_ctl(*words, **more)
        if done.returncode != 0:
            raise AssertionError(f"{words} failed ({done.returncode}): {done.stderr}")
        return done.stdout

    def control(self, *words, **more):
        return self.good("guestcontrol", "g", *words, **more)

    def test_properties_are_what_vagrant_and_scripts_read(self):
        def value(name):
            return self.good("guestproperty", "get", "g", name, program="libexec/VBoxManage")
        self.assertEqual(value("/VirtualBox/GuestInfo/OS/Product"), "Value: Linux\n")
        self.assertEqual(value("/VirtualBox/GuestInfo/Net/Count"), "Value: 1\n")
        self.assertEqual(value("/VirtualBox/GuestInfo/Net/0/V4/Netmask"), "Value: 255.255.255.0\n")
        self.assertEqual(value("/Vitrine/GuestInfo/HostName"), "Value: desk\n")
        self.assertEqual(value("/VirtualBox/GuestAdd/Version"), "No value set!\n")
        release = self.control("run", "--", "/bin/uname", "-r").strip()
        self.assertEqual(value("/VirtualBox/GuestInfo/OS/Release"), f"Value: {release}\n")
        mac = self.good("showvminfo", "g", "--machinereadable").split('macaddress1="')[1][:12]
        self.assertEqual(value("/VirtualBox/GuestInfo/Net/0/MAC"), f"Value: {mac}\n")

    def test_set_properties_are_kept_beside_the_guests(self):
        self.good("guestproperty", "set", "g", "/Test/Mine", "a value", "--flags", "RDONLYGUEST")
        self.assertEqual(self.good("guestproperty", "get", "g", "/Test/Mine"), "Value: a value\n")
        listed = self.good("guestproperty", "enumerate", "g", "/Test/*|*/V4/IP")
        self.assertIn("= 'a value'", listed)
        self.assertIn("= '10.0.2.15'", listed)
        self.assertEqual(len(listed.splitlines()), 2)
        self.good("guestproperty", "unset", "g", "/Test/Mine")
        self.assertEqual(self.good("guestproperty", "get", "g", "/Test/Mine"), "No value set!\n")

    def test_waiting_ends_when_an_address_changes(self):
        waiting = subprocess.Popen(
            [f"{self.build}/bin/vitrinectl", "guestproperty", "wait", "g", "*/Net/0/V6/IP",
             "--timeout", "60000"], env=self.environment, stdout=subprocess.PIPE, text=True)
        time.sleep(3)  # so that it has seen what was before
        self.control("run", "--", "/bin/ip", "addr", "add", "fd00::15/64", "dev", "eth0")
        out, _ = waiting.communicate(timeout=90)
        self.assertIn("value: fd00::15", out)
        late = self.run_ctl("guestproperty", "wait", "g", "/Nothing", "--timeout", "100",
                            "--fail-on-timeout", program="libexec/VBoxManage")
        self.assertEqual(late.returncode, 2)
        self.assertIn("Time out", late.stderr)

    def test_programs_run_and_say_how_they_ended(self):
        words = ("run", "--exe", "/bin/sh", "--putenv", "A=1 2", "--cwd", "/tmp", "--",
                 "sh", "-c", 'echo "$A in $PWD"; echo oh >&2; exit 3')
        native = self.run_ctl("guestcontrol", "g", *words)
        self.assertEqual((native.returncode, native.stdout, native.stderr), (3, "1 2 in /tmp\n", "oh\n"))
        boxed = self.run_ctl("guestcontrol", "g", *words, program="libexec/VBoxManage")
        self.assertEqual((boxed.returncode, boxed.stdout), (35, "1 2 in /tmp\n"))
        killed = self.run_ctl("guestcontrol", "g", "run", "--timeout", "500", "--", "/bin/sleep", "600")
        self.assertEqual(killed.returncode, 20)
        self.assertNotIn("sleep 600", self.control("run", "--", "/bin/ps"))
        missing = self.run_ctl("guestcontrol", "g", "run", "--", "/no/such/program")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("/no/such/program", missing.stderr)

    def test_folders_are_mounted_by_the_agent(self):
        folder = pathlib.Path(self.folder, "for the guest")
        folder.mkdir()
        (folder / "note").write_text("from the desk\n", encoding="utf-8")
        name = ("--name", "desk's files")
        self.good("sharedfolder", "add", "g", *name, "--hostpath", str(folder), "--transient", "--automount")

        def mounted():
            return "virtiofs" in self.control("run", "--", "/bin/cat", "/proc/mounts")
        started = time.monotonic()
        while not mounted():
            if time.monotonic() > started + BOOT_LIMIT:
                self.fail("the agent did not mount the folder: "
                          + self.run_ctl("sharedfolder", "mount", "g", *name).stderr)
            time.sleep(1)
        self.assertEqual(self.control("run", "--", "/bin/cat", "/mnt/desk's files/note"), "from the desk\n")
        self.good("sharedfolder", "mount", "g", *name)  # twice is fine
        self.assertEqual(self.control("run", "--", "/bin/cat", "/proc/mounts").count("virtiofs"), 1)
        self.good("sharedfolder", "unmount", "g", *name)
        self.assertFalse(mounted())
        self.good("sharedfolder", "mount", "g", *name)
        self.control("run", "--", "/bin/sh", "-c", "cd \"$1\" && sleep 600 >/dev/null 2>&1 &", "sh",
                     "/mnt/desk's files")
        used = self.run_ctl("sharedfolder", "unmount", "g", *name)
        self.assertEqual(used.returncode, 1)
        self.assertIn("busy", used.stderr.lower())
        self.control("run", "--", "/bin/sh", "-c", "kill $(pidof sleep)")
        self.good("sharedfolder", "remove", "g", *name, "--transient")
        self.assertFalse(mounted())

    def test_long_output_is_whole(self):
        out = self.control("run", "--", "/bin/seq", "200000")
        self.assertEqual(out, "".join(f"{number}\n" for number in range(1, 200001)))

    def test_another_user_has_that_users_rights(self):
        self.assertEqual(self.control("--username", "eva", "--password", "any", "run", "--", "/bin/id", "-u"),
                         "1000\n")
        self.assertEqual(self.control("run", "--", "/bin/id", "-u"), "0\n")
        self.control("run", "--username", "eva", "--", "/bin/sh", "-c", "echo hers > /home/eva/note")
        denied = self.run_ctl("guestcontrol", "g", "copyto", "--username", "eva", "guest.iso", "/root/x")
        self.assertEqual(denied.returncode, 1)
        self.assertIn("/root/x", denied.stderr)
        path = pathlib.Path(self.folder, "for-eva")
        path.write_text("for eva", encoding="utf-8")
        self.control("copyto", "--username", "eva", str(path), "/home/eva/")
        self.assertIn("Owner: eva", self.control("stat", "/home/eva/for-eva"))

    def test_files_and_folders_go_there_and_back(self):
        tree = pathlib.Path(self.folder, "tree")
        (tree / "deep" / "er").mkdir(parents=True)
        (tree / "deep" / "er" / "größe -n.txt").write_text("ä\n", encoding="utf-8")
        data = os.urandom(5_000_003)
        (tree / "data").write_bytes(data)
        (tree / "run me").write_text("#!/bin/sh\necho ran\n", encoding="utf-8")
        (tree / "run me").chmod(0o755)
        self.control("mkdir", "--parents", "/tmp/a/b")
        self.control("copyto", "--recursive", str(tree), "/tmp/a/b")
        self.assertEqual(self.control("run", "--", "/tmp/a/b/tree/run me"), "ran\n")
        self.assertIn("größe -n.txt", self.control("ls", "/tmp/a/b/tree/deep/er"))
        sums = self.control("run", "--", "/bin/md5sum", "/tmp/a/b/tree/data")
        here = subprocess.run(["md5sum", str(tree / "data")], capture_output=True, text=True)
        self.assertEqual(sums.split()[0], here.stdout.split()[0])
        self.control("copyfrom", "--recursive", "/tmp/a/b/tree", "back")
        self.assertEqual(pathlib.Path(self.folder, "back", "data").read_bytes(), data)
        self.assertTrue(os.access(pathlib.Path(self.folder, "back", "run me"), os.X_OK))
        self.assertEqual(pathlib.Path(self.folder, "back/deep/er/größe -n.txt").read_text("utf-8"), "ä\n")
        self.control("mv", "/tmp/a/b/tree/data", "/tmp/a/moved")
        self.assertIn("Size: 5000003", self.control("stat", "/tmp/a/moved"))
        self.control("rm", "/tmp/a/moved")
        gone = self.run_ctl("guestcontrol", "g", "stat", "/tmp/a/moved")
        self.assertEqual(gone.returncode, 1)
        self.assertIn("does not exist", gone.stderr)
        self.assertEqual(self.run_ctl("guestcontrol", "g", "rmdir", "/tmp/a").returncode, 1)
        self.control("rmdir", "--recursive", "/tmp/a")
        name = self.control("mktemp", "--directory", "try.XXXXXX").strip()
        self.assertIn("Directory name: /tmp/try.", name)

    def test_zz_an_agent_that_is_gone_is_missed_in_words(self):
        """Last: the agent is started again by the guest only a second later."""
        self.control("start", "--", "/bin/sh", "-c", "kill $(cat /run/qemu-ga.pid); sleep 100")
        end = time.monotonic() + 60
        while True:  # the agent that comes back answers again
            done = self.run_ctl("guestcontrol", "g", "run", "--", "/bin/hostname")
            if done.returncode == 0:
                self.assertEqual(done.stdout, "desk\n")
                break
            self.assertIn("agent", done.stderr)
            self.assertLess(time.monotonic(), end)
            time.sleep(0.5)
        self.good("controlvm", "g", "pause")
        paused = self.run_ctl("guestcontrol", "g", "run", "--", "/bin/hostname")
        self.assertEqual(paused.returncode, 1)
        self.assertIn("paused", paused.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--output")
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    GuestAgent.build = os.path.abspath(arguments.build)
    unittest.main(argv=[sys.argv[0], "-v", *arguments.words])
