# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benches share: a private desktop, machines with the flip guest, process figures, pairs of
runs and the answer as JSON.

A bench measures us and a rival in turn, in one run on one machine, and prints both and the ratio
ours/theirs beside what it should be. Absolute figures mean little on a shared machine; the ratio of
medians of runs that took turns means something. Nothing here is a test and no test calls it."""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import stat
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import stage  # noqa: E402
from desktop import Desktop, wait_until  # noqa: E402,F401

TICKS = os.sysconf("SC_CLK_TCK")


class Bench:
    """One run: with Bench(description) as bench: ...; bench.report(...)."""

    def __init__(self, description, needs=(), device=None):
        """`needs`: programs and their packages; `device`: a node that has to be read and written."""
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build",
                            help="a release build")
        parser.add_argument("--runs", type=int, help="how often each side is measured")
        parser.add_argument("--output", type=pathlib.Path, help="where the JSON goes, too")
        self.arguments = parser.parse_args()
        if device and not os.path.exists(device):
            sys.exit(f"{device} is not there")
        if os.geteuid() == 0:
            become_ordinary_user(device)
        if device and not os.access(device, os.R_OK | os.W_OK):
            sys.exit(f"You may not use {device}: join the group that it belongs to, or be root")
        self.build = self.arguments.build.resolve()
        self.results = []
        self._machines = []
        self._exit = contextlib.ExitStack()
        for program, package in needs:
            if not shutil.which(program):
                sys.exit(f"{program} is needed to compare with: install the package {package}")

    def runs(self, default):
        return self.arguments.runs or default

    def __enter__(self):
        base = pathlib.Path(tempfile.mkdtemp(prefix="vb-", dir="/tmp"))
        self._exit.callback(shutil.rmtree, base, ignore_errors=True)
        self.stage = stage.Stage(base)
        for folder in (self.stage.user, self.stage.home, self.stage.runtime,
                       self.stage.temporary, self.stage.output, self.stage.media):
            folder.mkdir(mode=0o700)
        os.environ.update({
            stage.VARIABLE: str(base), "HOME": str(self.stage.home), "LANG": "C.UTF-8",
            "PATH": f"{self.build}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "XDG_RUNTIME_DIR": str(self.stage.runtime), "TMPDIR": str(self.stage.temporary),
            "XDG_CONFIG_HOME": str(self.stage.home / ".config"),
            "XDG_CACHE_HOME": str(self.stage.home / ".cache"),
            "XDG_DATA_HOME": str(self.stage.home / ".local/share"),
            "NO_AT_BRIDGE": "1", "GTK_A11Y": "none",
        })
        self.probe_program = base / "pixel_probe"
        subprocess.run(["cc", "-O2", "-o", self.probe_program, HERE / "pixel_probe.c", "-lX11",
                        "-lXext", "-lXtst"], check=True)
        return self

    def __exit__(self, *_):
        for name in self._machines:
            self.power_off(name, check=False)
        self._exit.close()

    def desktop(self, width=2560, height=1440):
        """A screen of its own, without assistive technology, up to the end of the run."""
        desktop = self._exit.enter_context(Desktop(width, height, accessible=False))
        # openbox puts windows under the pointer.
        desktop.move(width // 2, height // 2)
        return desktop

    def flip_iso(self, width, height, mode):
        path = self.stage.media / f"flip-{width}x{height}-{mode}.iso"
        if not path.exists():
            subprocess.run([HERE / "flip/make_flip_iso.sh", path, str(width), str(height), mode],
                           check=True, stderr=subprocess.DEVNULL)
        return path

    def create(self, name, iso, *words):
        subprocess.run(["vitrinectl", "quickstart", iso, "--name", name, "--memory", "256",
                        "--cpus", "1", "--firmware", "bios", "--no-start", "--no-disk", *words],
                       check=True, stdout=subprocess.DEVNULL)
        self._machines.append(name)

    def power_off(self, name, check=True):
        subprocess.run(["vitrinectl", "controlvm", name, "poweroff"], check=check,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def probe(self, desktop, *words, timeout=120):
        return json.loads(desktop.tool(self.probe_program, *words, timeout=timeout))

    def start_probe(self, desktop, *words):
        """A probe that waits for something; answer(probe) reads it."""
        return subprocess.Popen([str(word) for word in (self.probe_program, *words)],
                                env=desktop.environment, stdout=subprocess.PIPE, text=True)

    @staticmethod
    def answer(probe):
        text, _ = probe.communicate(timeout=120)
        return json.loads(text)["ms"] if probe.returncode == 0 else None

    # -- the answer

    def compare(self, what, unit, ours, theirs, wanted, rival):
        """Adds a row. `wanted` is ("at most" | "at least", ratio)."""
        row = {"what": what, "unit": unit, "rival": rival, "ours": summary(ours),
               "theirs": summary(theirs)}
        if row["ours"] and row["theirs"] and row["theirs"]["median"]:
            row["ratio"] = round(row["ours"]["median"] / row["theirs"]["median"], 3)
            word, limit = wanted
            row["wanted"] = f"{word} {limit}"
            row["reached"] = row["ratio"] <= limit if word == "at most" else row["ratio"] >= limit
        self.results.append(row)
        print(json.dumps(row), file=sys.stderr, flush=True)

    def bound(self, what, unit, ours, wanted):
        """Adds a row without a rival. `wanted` is ("at most" | "at least", figure)."""
        word, limit = wanted
        row = {"what": what, "unit": unit, "ours": summary(ours), "wanted": f"{word} {limit}"}
        if row["ours"]:
            middle = row["ours"]["median"]
            row["reached"] = middle <= limit if word == "at most" else middle >= limit
        self.results.append(row)
        print(json.dumps(row), file=sys.stderr, flush=True)

    def report(self):
        text = json.dumps({"machine": machine_facts(), "results": self.results}, indent=2)
        print(text)
        if self.arguments.output:
            self.arguments.output.write_text(text + "\n", encoding="utf-8")


def become_ordinary_user(device):
    """Starts this program again as nobody: that is who our promises are for, and libvirt's session.
    Who that is may use the device: by a node that only this run sees, in a mount namespace."""
    sockets = pathlib.Path("/tmp/.X11-unix")
    if not sockets.exists():
        sockets.mkdir()
        sockets.chmod(0o1777)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    command = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups",
               "/usr/bin/python3", *sys.argv]
    if device:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="vb-node-", dir="/tmp"))
        os.mknod(folder / "node", stat.S_IFCHR | 0o600, os.stat(device).st_rdev)
        os.chmod(folder / "node", 0o666)
        # Its name may go at once: what is mounted is the node.
        command = ["unshare", "--mount", "sh", "-c",
                   'mount --bind "$1/node" "$2" && rm -r "$1" && shift 2 && exec "$@"',
                   "sh", folder, device, *command]
    os.execvp(command[0], command)


def summary(values):
    values = [value for value in values if value is not None]
    if not values:
        return None
    return {"median": round(statistics.median(values), 3), "min": round(min(values), 3),
            "max": round(max(values), 3), "runs": len(values)}


def machine_facts():
    qemu = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True)
    return {"cores": os.cpu_count(), "load": os.getloadavg()[0],
            "kernel": os.uname().release, "qemu": qemu.stdout.split("\n")[0]}


def cpu_seconds(pid, thread_filter=None):
    """User and system time of a process, or of those of its threads whose name passes."""
    if thread_filter is None:
        return ticks(pathlib.Path(f"/proc/{pid}/stat")) / TICKS
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            if thread_filter((task / "comm").read_text().strip()):
                total += ticks(task / "stat")
    return total / TICKS


def ticks(path):
    fields = path.read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def pss_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no PSS for {pid}")


def find_process(*wanted):
    """The newest process whose command line holds all the words."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            if all(word in words for word in wanted):
                found.append((entry.stat().st_ctime, int(entry.name)))
    return max(found)[1] if found else None


def time_of(command, **options):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)
    return (time.monotonic() - begin) * 1e3
