#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built-in engine's way from the guest to the screen against remote-viewer (SPICE) and QEMU's own
GTK window on QEMU: a guest that shows two prepared pages in turn by the display's start address, 60
times a second and at each key. The pages are drawn before, so an emulated processor does not count.

Needs /dev/kvm; one that only emulates is enough. Who is not root has to be allowed to use it."""
import os
import subprocess
import sys

from bench import Bench, cpu_seconds
from display import PRESSES, RIVAL, SECONDS, Theirs, Viewer

SIZE = (1920, 1080)
GTK = "qemu-system-x86_64 -display gtk"
BOOT_SECONDS = 90  # an emulated processor takes its time to the guest
COLOR = "2040a0"  # of the first page


class BuiltIn(Viewer):
    """Our window on our engine: one process."""

    title = property(lambda self: rf"^{self.name}-kvm \[")

    def show(self):
        probe = self.bench.start_probe(self.desktop, "color", self.name, COLOR, BOOT_SECONDS)
        self.desktop.tool("vitrinectl", "startvm", f"{self.name}-kvm", "--type", "gui")
        if self.bench.answer(probe) is None:
            sys.exit("the guest did not come up on the built-in engine")

    def __exit__(self, *_):
        self.bench.power_off(f"{self.name}-kvm")
        self.desktop.wait_for_no_window(self.title, 30)

    def cpu(self):
        return cpu_seconds(self.pid, lambda thread: not thread.startswith("vcpu-"))


class RemoteViewer(Theirs):
    def cpu(self):
        return cpu_seconds(self.pid)


class Gtk(Viewer):
    """QEMU with its own window."""

    title = "QEMU"

    def show(self):
        probe = self.bench.start_probe(self.desktop, "color", "QEMU", COLOR, BOOT_SECONDS)
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-machine", "q35", "-m", "256", "-vga", "std",
             "-nic", "none", "-display", "gtk", "-cdrom", self.iso],
            env=self.desktop.environment, stderr=subprocess.DEVNULL)
        self.bench.answer(probe)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def cpu(self):
        return cpu_seconds(self.pid, lambda thread: not thread.startswith("CPU "))


def flips(bench, desktop, viewer, values):
    before = viewer.cpu()
    counted = bench.probe(desktop, "count", SECONDS, *viewer.points())
    spent = viewer.cpu() - before
    frames = min(counted["changes_per_second"])
    values["frames"].append(frames)
    values["cpu"].append(spent / SECONDS / frames * 1e3 if frames else None)
    x, y = viewer.center
    height = SIZE[1] - 300
    torn = bench.probe(desktop, "torn", 2, x, y - height // 2, height)
    values["torn"].append(100 * torn["torn"] / torn["looks"])


def keys(viewer, values):
    latency = viewer.latency()
    values["p50"].append(latency["p50_ms"])
    values["p95"].append(latency["p95_ms"])


def main():
    with Bench(__doc__, [("remote-viewer", "virt-viewer"),
                         ("qemu-system-x86_64", "qemu-system-gui")],
               "/dev/kvm") as bench:
        os.environ["VITRINE_ALLOW_EMULATED_KVM"] = "1"
        desktop = bench.desktop()
        figures = {side: {"frames": [], "cpu": [], "torn": [], "p50": [], "p95": []}
                   for side in (BuiltIn, RemoteViewer, Gtk)}
        for mode in ("pages", "key-pages"):
            name = f"flip-{mode}"
            iso = bench.flip_iso(*SIZE, mode)
            bench.create(name, iso, "--engine", "qemu")
            bench.create(f"{name}-kvm", iso, "--engine", "kvm")
            # It has virtio cards only, and the guest needs none.
            subprocess.run(["vitrinectl", "modifyvm", f"{name}-kvm", "--nic1", "none"], check=True)
            for _ in range(bench.runs(3)):
                for side, values in figures.items():
                    viewer = side(bench, desktop, name, SIZE)
                    viewer.iso = iso
                    with viewer:
                        if mode == "pages":
                            flips(bench, desktop, viewer, values)
                        else:
                            keys(viewer, values)
        for key, what, unit, wanted in (
                ("frames", "frames delivered of 60", "1/s", {RIVAL: ("at least", 1.0)}),
                ("cpu", "processor time of a frame, vCPUs aside", "ms", {RIVAL: ("at most", 0.3)}),
                ("p50", "key to pixel, median", "ms",
                 {RIVAL: ("at most", 0.25), GTK: ("at most", 0.5)}),
                ("p95", "key to pixel, 95th percentile", "ms",
                 {RIVAL: ("at most", 0.25), GTK: ("at most", 0.5)})):
            for rival, side in ((RIVAL, RemoteViewer), (GTK, Gtk)):
                if rival in wanted:
                    bench.compare(f"{what}, {SIZE[0]}x{SIZE[1]}", unit, figures[BuiltIn][key],
                                  figures[side][key], wanted[rival], rival)
        bench.bound(f"frames delivered of 60, {SIZE[0]}x{SIZE[1]}", "1/s",
                    figures[BuiltIn]["frames"], ("at least", 59))
        bench.bound("torn frames", "%", figures[BuiltIn]["torn"], ("at most", 0))
        bench.report()


if __name__ == "__main__":
    main()
