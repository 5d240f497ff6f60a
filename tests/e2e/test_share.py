#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared folders with a real Linux guest: from the start, while it runs, and when things go wrong."""
import os
import pathlib
import signal
import sys
import tempfile

import case
import linux_shell
import stage

MEDIUM = "share-guest.iso"
BOOT = 400  # software emulation on two busy cores


class Share(case.DesktopCase):
    def setUp(self):
        super().setUp()
        home = self.desktop.stage.home
        self.folder = home / "Shared things, really"
        self.folder.mkdir()
        (self.folder / "from-host").write_text("written here\n", encoding="utf-8")
        self.name = "sharer"
        self.product.ctl("quickstart", self.desktop.stage.media / MEDIUM, "--name", self.name,
                         "--memory", 384, "--cpus", 1, "--no-disk", "--no-start")
        self.product.machines.append(self.name)
        self.product.ctl("modifyvm", self.name, "--uart1", "0x3F8", "4", "--uartmode1", "server",
                         self.serial, "--nic1", "none", "--nictype2", "virtio", "--nic2", "nat")

    @property
    def serial(self):
        return self.desktop.stage.runtime / "serial"

    def add(self, name, folder, *options, check=True):
        return self.product.ctl("sharedfolder", "add", self.name, "--name", name, "--hostpath",
                                folder, *options, check=check)

    def boot(self, kind="headless", is_fresh=True):
        self.product.start(self.name, kind)
        self.shell = linux_shell.Shell(self.serial, BOOT, is_fresh)
        self.addCleanup(self.shell.close)

    def mount(self, name, where, *options):
        """A folder that has just come takes the guest a moment to find."""
        from desktop import wait_until
        self.shell.check(f"mkdir -p {where}")
        wait_until(lambda: self.shell.run(f"mount -t virtiofs {' '.join(options)} '{name}' {where}")
                   [0] == 0, 60, f"the guest to mount {name}", every=0.5)

    def servers(self):
        """Pids of this stage's vitrine-share."""
        base = str(self.desktop.stage.base).encode()
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:  # what their environment is, servers show nobody
                words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            except OSError:
                continue
            if words.split(b"\0")[0].endswith(b"/vitrine-share") and base in words:
                found.append(int(entry.name))
        return found

    def test_folders_from_the_start(self):
        from desktop import wait_until
        other = self.desktop.stage.home / "reading"
        other.mkdir()
        (other / "page").write_text("only to read\n", encoding="utf-8")
        self.add("shared", self.folder, "--automount")
        self.add("reading room", other, "--readonly")
        self.assertIn("already exists", self.failure("shared", self.folder))
        info = self.product.info(self.name)
        self.assertEqual(info["SharedFolderNameMachineMapping1"], "shared")
        self.assertEqual(info["SharedFolderPathMachineMapping2"], str(other))
        text = self.product.ctl("showvminfo", self.name)
        self.assertIn(f"Name: 'shared', Host path: '{self.folder}' (machine mapping), writable, "
                      "auto-mount", text)

        self.boot()
        self.mount("shared", "/mnt/s")
        self.mount("reading room", "/mnt/r")
        self.assertEqual(self.shell.check("cat /mnt/s/from-host"), "written here\n")
        self.assertEqual(self.shell.check("cat /mnt/r/page"), "only to read\n")
        code, text = self.shell.run("echo no > /mnt/r/page")
        self.assertNotEqual(code, 0)
        self.assertIn("Read-only file system", text)
        self.shell.check("echo back > '/mnt/s/from guest'")
        made = self.folder / "from guest"
        self.assertEqual(made.read_text(encoding="utf-8"), "back\n")
        self.assertEqual(made.stat().st_uid, os.getuid())
        self.assertEqual((other / "page").read_text(encoding="utf-8"), "only to read\n")
        self.assertIn("[mounted]", self.product.ctl("showvminfo", self.name))
        # Programs of the guest find what POSIX promises.
        self.shell.check("/tests/share_suite --user 1000 /mnt/s", 300)
        self.shell.check("/tests/share_fsx --operations 2000 --seed 7 /mnt/s", 300)
        self.assertEqual(len(self.servers()), 2)
        self.shell.check("umount /mnt/s")
        wait_until(lambda: self.product.ctl("showvminfo", self.name).count("[mounted]") == 1, 20,
                   "the unmounted folder to be known as such")
        self.product.power_off(self.name)
        wait_until(lambda: not self.servers(), 20, "the servers to end with the machine")

    def test_folders_come_and_go_while_it_runs(self):
        from desktop import wait_until
        other = self.desktop.stage.home / "other"
        other.mkdir()
        (other / "page").write_text("only to read\n", encoding="utf-8")
        self.boot("gui")
        self.add("late", self.folder, "--transient")
        self.assertEqual(self.product.info(self.name)["SharedFolderNameTransientMapping1"], "late")
        self.add("kept", other, "--readonly")
        self.assertEqual(self.product.definition(self.name)["sharedFolders"][0]["name"], "kept")
        self.assertIn("already", self.failure("late", other, "--transient"))
        self.mount("late", "/mnt/late")
        self.mount("kept", "/mnt/kept")
        self.assertEqual(self.shell.check("cat /mnt/late/from-host"), "written here\n")
        self.assertEqual(self.shell.check("cat /mnt/kept/page"), "only to read\n")

        self.shell.check("umount /mnt/late")
        self.product.ctl("sharedfolder", "remove", self.name, "--name", "late", "--transient")
        self.assertNotIn("SharedFolderNameTransientMapping1", self.product.info(self.name))
        code, _ = self.shell.run("mount -t virtiofs late /mnt/late")
        self.assertNotEqual(code, 0)
        # Also one that the guest uses: it is gone there, and the guest goes on.
        self.product.ctl("sharedfolder", "remove", self.name, "--name", "kept")
        code, _ = self.shell.run("cat /mnt/kept/page")
        self.assertNotEqual(code, 0)
        self.assertEqual(self.product.definition(self.name)["sharedFolders"], [])
        wait_until(lambda: not self.servers(), 20, "the servers to end with their folders")
        self.shell.check("umount /mnt/kept")
        for _ in range(3):  # its place is free again
            self.add("late", self.folder, "--transient")
            self.mount("late", "/mnt/late")
            self.shell.check("umount /mnt/late")
            self.product.ctl("sharedfolder", "remove", self.name, "--name", "late", "--transient")
        self.product.power_off(self.name)

    def test_a_machine_without_a_window_keeps_to_its_folders(self):
        other = self.desktop.stage.base / "u" / "other"
        other.mkdir(exist_ok=True)
        self.add("shared", self.folder)
        self.boot()
        log = self.product.ctl("showvminfo", self.name, "--log", "0")
        if "writes to the machine's own places only" not in log:
            self.skipTest("this computer's kernel cannot confine")
        self.assertIn("started without a window", self.failure("other", other, "--transient"))
        self.add("other", other, "--transient", "--readonly")
        self.mount("other", "/mnt/other")
        self.mount("shared", "/mnt/s")
        self.shell.check("echo mine > /mnt/s/mine; rm /mnt/s/mine")
        self.product.power_off(self.name)

    def test_a_mounted_folder_and_saving(self):
        self.add("shared", self.folder)
        self.boot()
        self.mount("shared", "/mnt/s")
        done = self.desktop.attempt("vitrinectl", "controlvm", self.name, "savestate")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("\"shared\" mounted", done.stderr)
        self.assertEqual(self.product.state(self.name), "running")
        self.assertEqual(self.shell.check("cat /mnt/s/from-host"), "written here\n")
        self.shell.check("umount /mnt/s; mark=kept")
        self.product.ctl("controlvm", self.name, "savestate", timeout=240)
        self.product.wait_for_state(self.name, "saved")
        self.assertEqual(self.servers(), [])
        self.shell.close()
        self.boot(is_fresh=False)
        self.assertEqual(self.shell.check("echo $mark"), "kept\n")  # the same shell
        self.mount("shared", "/mnt/s")
        self.assertEqual(self.shell.check("cat /mnt/s/from-host"), "written here\n")
        self.product.power_off(self.name)

    def test_a_server_that_dies_costs_its_folder_only(self):
        from desktop import wait_until
        self.add("shared", self.folder)
        self.boot()
        self.mount("shared", "/mnt/s")
        wait_until(lambda: "[mounted]" in self.product.ctl("showvminfo", self.name), 20,
                   "the folder to be mounted")
        server, = self.servers()
        os.kill(server, signal.SIGKILL)
        wait_until(lambda: server not in self.servers() and len(self.servers()) == 1, 60,
                   "another server to take its place")
        self.assertEqual(self.product.state(self.name), "running")
        code, _ = self.shell.run("cat /mnt/s/from-host")
        self.assertNotEqual(code, 0)
        self.shell.check("umount /mnt/s")
        self.mount("shared", "/mnt/s")
        self.assertEqual(self.shell.check("cat /mnt/s/from-host"), "written here\n")
        log = self.product.ctl("showvminfo", self.name, "--log", "0")
        self.assertIn("killed by signal 9", log)
        self.product.power_off(self.name)

    def test_a_guest_that_starts_anew_mounts_again(self):
        self.add("shared", self.folder)
        self.boot()
        self.mount("shared", "/mnt/s")
        self.shell.check("exec 5> /mnt/s/open")
        self.product.ctl("controlvm", self.name, "reset")
        self.shell.close()
        self.shell = linux_shell.Shell(self.serial, BOOT)
        self.addCleanup(self.shell.close)
        self.mount("shared", "/mnt/s")
        self.assertEqual(self.shell.check("cat /mnt/s/from-host"), "written here\n")
        self.product.power_off(self.name)

    def failure(self, *words):
        """What adding the folder says when it fails."""
        done = self.desktop.attempt("vitrinectl", "sharedfolder", "add", self.name, "--name",
                                    words[0], "--hostpath", words[1], *words[2:])
        self.assertNotEqual(done.returncode, 0)
        return done.stderr


if __name__ == "__main__":
    if stage.VARIABLE in os.environ:
        case.run(MEDIUM)
    else:
        build = pathlib.Path(sys.argv[sys.argv.index("--build") + 1]) if "--build" in sys.argv \
            else stage.HERE.parent.parent / "build"
        with tempfile.TemporaryDirectory(prefix="share-disc-") as work:
            disc = pathlib.Path(work, MEDIUM)
            linux_shell.make(disc, ["virtio_pci", "virtiofs"],
                             [build / "tests/share_suite", build / "tests/share_fsx"])
            case.run(disc)
