#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames delivered, processor time and key-to-pixel latency of the machine window against
remote-viewer, on the same QEMU with the same guest; frames are counted at the X server. And the
memory of our processes of a machine, QEMU aside, against remote-viewer's."""
import time

from bench import Bench, cpu_seconds, find_process, pss_mib, wait_until

SIZES = ((1280, 800), (1920, 1080))
SECONDS = 4
PRESSES = 40
RIVAL = "remote-viewer, SPICE on a Unix socket"


class Viewer:
    """One of the two, showing the machine; a context that ends it."""

    def __init__(self, bench, desktop, name, size):
        self.bench, self.desktop, self.name, self.size = bench, desktop, name, size

    def __enter__(self):
        self.show()
        window = self.desktop.wait_for_window(self.title, 60)
        self.pid = int(self.desktop.tool("xdotool", "getwindowpid", window))
        self.desktop.activate(window)
        time.sleep(3)  # until the window has taken the guest's size
        x, y, width, height = self.desktop.geometry(window)
        self.center = (x + width // 2, y + height // 2)
        self.desktop.move(*self.center)
        time.sleep(1)
        self.qemu = find_process("qemu-system-x86_64", str(self.bench.stage.base))
        return self

    def __exit__(self, *_):
        self.desktop.screenshot(f"{type(self).__name__}-{self.name}")
        self.bench.power_off(self.name)
        self.desktop.wait_for_no_window(self.title, 30)

    def points(self):
        x, y = self.center
        w, h = self.size[0] // 2 - 60, self.size[1] // 2 - 120
        return [x, y, x - w, y - h, x + w, y + h]

    def frames_and_cpu(self):
        def display_threads(thread):
            return not thread.startswith("CPU ")
        before = cpu_seconds(self.pid), cpu_seconds(self.qemu, display_threads)
        begin = time.monotonic()
        counted = self.bench.probe(self.desktop, "count", SECONDS, *self.points())
        spent = time.monotonic() - begin
        after = cpu_seconds(self.pid), cpu_seconds(self.qemu, display_threads)
        return (min(counted["changes_per_second"]), (after[0] - before[0]) / spent * 100,
                (after[1] - before[1]) / spent * 100)

    def latency(self):
        x, y = self.center
        return self.bench.probe(self.desktop, "latency", PRESSES, x, y)


class Ours(Viewer):
    @property
    def title(self):
        return rf"^{self.name} \["

    def show(self):
        self.desktop.tool("vitrinectl", "startvm", self.name, "--type", "gui")

    def uuid(self):
        info = self.desktop.tool("vitrinectl", "showvminfo", self.name, "--machinereadable")
        return next(line.split('"')[1] for line in info.splitlines() if line.startswith("UUID="))


class Theirs(Ours):
    @property
    def title(self):
        return "Remote Viewer|Remote viewer|\\(1\\)"

    def show(self):
        self.desktop.tool("vitrinectl", "startvm", self.name, "--type", "headless")
        socket = self.bench.stage.runtime / "vitrine" / self.uuid() / "spice.sock"
        wait_until(socket.exists, 10, "the SPICE socket")
        self.desktop.run(["remote-viewer", f"spice+unix://{socket}"])


def main():
    with Bench(__doc__, [("remote-viewer", "virt-viewer")]) as bench:
        desktop = bench.desktop()
        for size in SIZES:
            figures = {side: {"frames": [], "cpu": [], "qemu": [], "p50": [], "p95": [], "pss": []}
                       for side in (Ours, Theirs)}
            for mode in ("noise", "key"):
                name = f"flip-{size[0]}-{mode}"
                bench.create(name, bench.flip_iso(*size, mode))
                for _ in range(bench.runs(3)):
                    for side, values in figures.items():
                        with side(bench, desktop, name, size) as viewer:
                            if mode == "noise":
                                frames, cpu, qemu = viewer.frames_and_cpu()
                                values["frames"].append(frames)
                                values["cpu"].append(cpu)
                                values["qemu"].append(qemu)
                                values["pss"].append(pss_mib(viewer.pid))
                            else:
                                latency = viewer.latency()
                                values["p50"].append(latency["p50_ms"])
                                values["p95"].append(latency["p95_ms"])
            where = f"{size[0]}x{size[1]}"
            for key, what, unit, wanted in (
                    ("frames", "frames delivered", "1/s", ("at least", 1.0)),
                    ("cpu", "viewer's processor time", "% of a core", ("at most", 0.8)),
                    ("qemu", "QEMU's processor time outside vCPUs", "% of a core",
                     ("at most", 1.0)),
                    ("p50", "key to pixel, median", "ms", ("at most", 0.8)),
                    ("p95", "key to pixel, 95th percentile", "ms", ("at most", 0.8)),
                    ("pss", "PSS of our processes, QEMU aside", "MiB", ("at most", 0.7))):
                bench.compare(f"{what}, {where}", unit, figures[Ours][key], figures[Theirs][key],
                              wanted, RIVAL)
        bench.report()


if __name__ == "__main__":
    main()
