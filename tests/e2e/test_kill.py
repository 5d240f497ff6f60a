#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of each program at random moments: the definition stays readable, the disk image whole,
the machine startable, and nobody is left behind. The seed is printed; VITRINE_E2E_SEED=n repeats a run."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time

import case
import guests

ROUNDS = 6


class Kill(case.DesktopCase):
    def setUp(self):
        super().setUp()
        seed = int(os.environ.get("VITRINE_E2E_SEED", time.time_ns() % 100000))
        print(f"seed {seed}", flush=True)
        self.random = random.Random(seed)
        medium = self.desktop.stage.media / guests.GRUB.medium
        self.name = "victim"
        self.product.ctl("quickstart", medium, "--name", self.name, "--memory", 256, "--cpus", 1,
                         "--disk-size", "4G", "--no-start")
        self.product.machines.append(self.name)
        self.file = pathlib.Path(self.product.info(self.name)["CfgFile"])

    def processes(self, program):
        """Pids of this stage's processes of a program, newest last."""
        mark = f"VITRINE_STAGE={self.desktop.stage.base}".encode()
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if not entry.name.isdigit() or mark not in (entry / "environ").read_bytes():
                    continue
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if os.path.basename(words[0]).decode().startswith(program):
                    found.append(int(entry.name))
            except OSError:
                pass
        return sorted(found)

    def pause(self, most):
        """A random moment is the point of this test, not a wait for something."""
        time.sleep(self.random.uniform(0, most))

    def kill(self, program):
        pids = self.processes(program)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return len(pids)

    def check_definition(self):
        json.loads(self.file.read_text(encoding="utf-8"))

    def check_files(self):
        """The machine is off. A process that is being torn down may hold its lock a moment more."""
        from desktop import wait_until
        self.check_definition()
        for disk in self.file.parent.glob("disks/*.qcow2"):
            def check(path=disk):
                done = subprocess.run(["qemu-img", "check", path], stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True)
                return None if '"write" lock' in done.stdout else done
            done = wait_until(check, 10, f"{disk.name} to be let go of")
            self.assertEqual(done.returncode, 0, done.stdout)

    def check_startable(self):
        """After whatever happened the machine is off or running, and it can be started and stopped."""
        from desktop import wait_until
        # A start that was under way may still come to its end.
        wait_until(lambda: self.product.state(self.name) == "running"
                   or self.product.state(self.name) in ("poweroff", "aborted")
                   and not self.processes("vitrine-vm"), 60, "the machine to be off or running")
        if self.product.state(self.name) == "running":
            self.product.power_off(self.name)
        wait_until(lambda: not self.processes("vitrine-vm") and not self.processes("qemu-system"),
                   20, "the machine's processes to be gone")
        self.check_files()
        self.product.start(self.name, "headless")
        self.assertEqual(self.product.state(self.name), "running")
        self.product.power_off(self.name)
        self.check_files()

    def test_machine_process(self):
        for _ in range(ROUNDS):
            self.product.start(self.name, "headless")
            self.pause(2)
            self.assertTrue(self.kill("vitrine-vm"))
            self.check_startable()

    def test_emulator(self):
        for _ in range(ROUNDS):
            self.product.start(self.name, "headless")
            self.pause(2)
            self.assertTrue(self.kill("qemu-system"))
            self.check_startable()

    def test_command_line_while_it_writes(self):
        for number in range(ROUNDS * 3):
            command = self.random.choice([
                ["modifyvm", self.name, "--memory", 256 + number],
                ["setextradata", self.name, "key", number],
                ["startvm", self.name, "--type", "headless"]])
            program = self.desktop.run(["vitrinectl", *command])
            self.pause(0.25)
            program.kill()
            program.wait()
            self.check_definition()  # the machine may be running by now
        self.check_startable()

    def test_manager_while_a_machine_runs(self):
        for _ in range(ROUNDS // 2):
            program, _ = self.product.manager()
            self.product.start(self.name, "headless")
            self.pause(1)
            program.kill()
            program.wait()
            self.assertEqual(self.product.state(self.name), "running")
            self.product.power_off(self.name)
            self.check_files()


if __name__ == "__main__":
    case.run(guests.GRUB.medium)
