#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the command to the guest's first own picture on the screen, against QEMU's GTK window with the
same machine."""
import subprocess

from bench import Bench

COLOR = "2040a0"  # what the flip guest's key mode shows first
NAME = "first-frame"


def ours(bench, desktop):
    probe = bench.start_probe(desktop, "color", NAME, COLOR, 60)
    desktop.tool("vitrinectl", "startvm", NAME, "--type", "gui")
    taken = bench.answer(probe)
    bench.power_off(NAME)
    desktop.wait_for_no_window(rf"^{NAME} \[", 30)
    return taken


def theirs(bench, desktop, iso):
    probe = bench.start_probe(desktop, "color", "QEMU", COLOR, 60)
    qemu = subprocess.Popen(
        ["qemu-system-x86_64", "-accel", "tcg", "-machine", "q35", "-m", "256", "-vga", "std",
         "-nic", "user,model=virtio-net-pci", "-device", "qemu-xhci", "-device", "usb-tablet",
         "-display", "gtk", "-cdrom", iso], env=desktop.environment)
    taken = bench.answer(probe)
    qemu.terminate()
    qemu.wait(10)
    return taken


def main():
    with Bench(__doc__, [("qemu-system-x86_64", "qemu-system-gui")]) as bench:
        desktop = bench.desktop()
        iso = bench.flip_iso(1280, 800, "key")
        bench.create(NAME, iso)
        figures = [], []
        for _ in range(bench.runs(7)):
            figures[0].append(ours(bench, desktop))
            figures[1].append(theirs(bench, desktop, iso))
        bench.compare("start to first guest frame", "ms", *figures, ("at most", 1.1),
                      "qemu-system-x86_64 -display gtk")
        bench.report()


if __name__ == "__main__":
    main()
