#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A computer with a real KVM, where the one at hand has none.

QEMU's software emulation of AMD's SVM is good enough for the kernel's kvm-amd. So a Debian kernel is
booted on it, with this computer's own files as its root, read-only by 9p: every program and the
project's build run in there as they are. Slow (each exit costs some 60 us), but true.

It has one processor: with two, QEMU's translator loses a change of code now and then when this computer is
busy, and both run into the same breakpoint for ever.

    lab.py [--timeout SECONDS] [--memory MIB] [--qemu-args "..."] [--modules "..."] -- COMMAND ...

runs the command as root in the lab, prints what it prints and ends with its exit code; 77 and a
sentence when the lab cannot be had. Environment of the command: LAB=1 and LAB_OUT, a folder of the
caller's that is writable in the lab.

VITRINE_LAB_QEMU names another QEMU than the system's; VITRINE_LAB_UEFI=1 says that it can do what
UEFI needs (tests skip it otherwise). The system's gets a module without the assertion that stands against it
(tcg_without_assertion.py).
"""

import argparse
import ctypes
import fcntl
import glob
import gzip
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import tcg_without_assertion

SKIP = 77
# Some 7 s on an idle computer. Where it takes longer than this, guests in it would be too late for anything.
BOOT_LIMIT = int(os.environ.get("VITRINE_LAB_BOOT_LIMIT", "60"))
PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CACHE = os.environ.get("VITRINE_MEDIA_DIR", "/var/tmp/vitrine-media") + "/lab"

MODULES = """virtio_pci 9p 9pnet_virtio ccp kvm-amd""".split()

INIT = """#!/bin/sh
/bin/busybox mkdir -p /proc /sys /dev /host /out
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in $(cat /modules.list); do insmod /modules/$module.ko || echo "lab: $module failed"; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=1048576,cache=loose host /host || poweroff -f
mount -t 9p -o trans=virtio,version=9p2000.L,rw,msize=1048576 out /out || poweroff -f
mkdir -p /all && mount --bind /host /all
mount -t proc proc /host/proc
mount -t sysfs sys /host/sys
mount --bind /dev /host/dev
mount -t tmpfs tmp /host/tmp
mount -t tmpfs run /host/run
for folder in $(cat /out/folders); do
    case $folder in /tmp/*) mkdir -p /host$folder && mount --bind /all$folder /host$folder;; esac
done
mkdir -p /host/dev/shm /host/dev/pts /host/tmp/lab
mount -t tmpfs shm /host/dev/shm
mount -t devpts pts /host/dev/pts
mount --bind /out /host/tmp/lab
ip link set lo up
echo > /out/booted
cd /
export LAB=1 LAB_OUT=/tmp/lab HOME=/tmp XDG_RUNTIME_DIR=/tmp/run PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mkdir -p /host/tmp/run
chmod 700 /host/tmp/run
chroot /host /bin/sh /tmp/lab/command > /dev/ttyS1 2>&1
echo $? > /out/exit-code
sync
poweroff -f
"""


class NoLab(Exception):
    """Why the lab cannot be had, in a sentence."""


def qemu():
    program = os.environ.get("VITRINE_LAB_QEMU") or shutil.which("qemu-system-x86_64")
    if not program:
        raise NoLab("qemu-system-x86_64 is not installed (package qemu-system-x86)")
    return program


def has_uefi():
    """Whether UEFI runs in machines of the labs that this program starts. From then on they have the QEMU that
    it takes."""
    if os.environ.get("VITRINE_LAB_UEFI") == "1":
        return True
    if os.environ.get("VITRINE_LAB_QEMU"):
        return False
    modules = tcg_without_assertion.make(CACHE + "/modules")
    if modules:
        os.environ["QEMU_MODULE_DIR"] = modules
    return modules is not None


def kernel():
    """(image, folder of its modules) of Debian's kernel, unpacked in the cache, not installed."""
    os.makedirs(CACHE, exist_ok=True)
    found = glob.glob(CACHE + "/kernel/boot/vmlinuz-*")
    if not found:
        try:
            name = subprocess.run(["apt-cache", "depends", "linux-image-amd64"], check=True,
                                  capture_output=True, text=True).stdout.split("Depends: ")[1].split()[0]
            work = tempfile.mkdtemp(dir=CACHE)
            subprocess.run(["apt-get", "download", name], cwd=work, check=True, capture_output=True)
            package = glob.glob(work + "/*.deb")[0]
            subprocess.run(["dpkg", "-x", package, work + "/kernel"], check=True)
            os.remove(package)
            try:
                os.rename(work + "/kernel", CACHE + "/kernel")
            except OSError:
                pass  # somebody else was faster
            shutil.rmtree(work, ignore_errors=True)
        except (OSError, IndexError, subprocess.CalledProcessError) as problem:
            raise NoLab(f"Debian's kernel package cannot be downloaded: {problem}") from None
        found = glob.glob(CACHE + "/kernel/boot/vmlinuz-*")
    modules = glob.glob(CACHE + "/kernel/lib/modules/*/kernel")
    if not found or not modules:
        raise NoLab(f"{CACHE}/kernel holds no kernel; remove it and try again")
    return found[0], modules[0]


def with_dependencies(names):
    """Paths below the modules' folder, without ".ko", in the order in which they can be loaded."""
    _, folder = kernel()
    places = {}
    for path in glob.glob(folder + "/**/*.ko", recursive=True):
        places[os.path.basename(path)[:-3].replace("-", "_")] = path
    ordered = []

    def add(name):
        path = places[name.replace("-", "_")]
        short = os.path.relpath(path, folder)[:-3]
        if short in ordered:
            return
        with open(path, "rb") as file:
            depends = re.search(rb"\0depends=([^\0]*)\0", file.read())
        for other in depends.group(1).decode().split(",") if depends else ():
            if other:
                add(other)
        ordered.append(short)

    for name in names:
        add(name)
    return ordered


def busybox():
    for place in ("/bin/busybox", "/usr/bin/busybox"):
        if os.path.exists(place):
            return place
    raise NoLab("busybox is not installed (package busybox-static)")


def write_cpio(path, files, compress=True):
    """An initramfs (newc) of {name: (mode, contents)}; folders are made as needed."""
    folders = set()
    entries = []
    for name in files:
        parts = name.split("/")[:-1]
        for i in range(1, len(parts) + 1):
            folders.add("/".join(parts[:i]))
    for folder in sorted(folders):
        entries.append((folder, 0o040755, b""))
    for name, (mode, contents) in files.items():
        entries.append((name, mode, contents))
    entries.append(("TRAILER!!!", 0, b""))
    out = bytearray()
    for number, (name, mode, contents) in enumerate(entries):
        raw = name.encode() + b"\0"
        fields = [number + 1, mode, 0, 0, 1, 0, len(contents), 0, 0, 0, 0, len(raw), 0]
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + raw
        out += b"\0" * (-len(out) % 4)
        out += contents
        out += b"\0" * (-len(out) % 4)
    data = gzip.compress(bytes(out), 1) if compress else bytes(out)
    with open(path, "wb") as file:
        file.write(data)


def initrd(path, more=()):
    _, modules = kernel()
    with open(busybox(), "rb") as file:
        files = {"bin/busybox": (0o100755, file.read())}
    files["bin/sh"] = (0o120777, b"busybox")
    names = []
    for module in with_dependencies(MODULES + list(more)):
        short = os.path.basename(module)
        with open(f"{modules}/{module}.ko", "rb") as file:
            files[f"modules/{short}.ko"] = (0o100644, file.read())
        names.append(short)
    files["modules.list"] = (0o100644, "\n".join(names).encode() + b"\n")
    files["init"] = (0o100755, INIT.encode())
    write_cpio(path, files)


def die_with_parent():
    """In the child: a test that is killed leaves no lab behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def run(command, timeout=300, memory=3072, out=None, extra=(), echo=None, modules=(), watch=None):
    """Runs the list of words in the lab, with these kernel modules loaded as well. `watch(out)` is called
    ten times a second while it runs. Returns (exit code or None when it did not end in time or
    the lab died, what it printed). `out`: the folder that is LAB_OUT."""
    image, _ = kernel()
    program = qemu()
    # Two labs at once would only be half as fast each.
    with open(CACHE + "/lock", "w", encoding="utf-8") as lock, \
            tempfile.TemporaryDirectory(prefix="lab-") as work:
        fcntl.flock(lock, fcntl.LOCK_EX)
        out = out or work + "/out"
        os.makedirs(out, exist_ok=True)
        for old in ("exit-code", "booted"):
            if os.path.exists(f"{out}/{old}"):
                os.remove(f"{out}/{old}")
        # What is below /tmp would be hidden by the lab's own.
        with open(out + "/folders", "w", encoding="utf-8") as file:
            file.write("\n".join([os.getcwd(), PROJECT]) + "\n")
        with open(out + "/command", "w", encoding="utf-8") as file:
            file.write("cd " + shlex.quote(os.getcwd()) + "\n" + shlex.join(command) + "\n")
        initrd(work + "/initrd", modules)
        console = work + "/console"
        output = work + "/output"
        process = subprocess.Popen(
            [program, "-accel", "tcg", "-cpu", "max,erms=off,fsrm=off", "-smp", "1", "-m", str(memory),
             "-nodefaults", "-display", "none", "-serial", "file:" + console, "-serial", "file:" + output,
             "-no-reboot", "-kernel", image, "-initrd", work + "/initrd",
             "-append", "console=ttyS0 panic=-1 quiet",
             "-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap",
             "-virtfs", f"local,path={out},mount_tag=out,security_model=none,multidevs=remap", *extra],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            preexec_fn=die_with_parent)
        started = time.monotonic()
        end = started + timeout
        shown = 0
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
            if watch:
                watch(out)
            if time.monotonic() > started + BOOT_LIMIT and not os.path.exists(out + "/booted"):
                process.kill()
                process.communicate()
                raise NoLab(f"this computer is too slow now, the lab was not up after {BOOT_LIMIT} s")
            if echo and os.path.exists(output):
                with open(output, "rb") as file:
                    file.seek(shown)
                    text = file.read()
                shown += len(text)
                echo.write(text.decode(errors="replace").replace("\r\n", "\n"))
                echo.flush()
        late = process.poll() is None
        if late:
            process.kill()
        problem = process.communicate()[1].decode(errors="replace")
        text = ""
        for path in (console, output):
            if os.path.exists(path):
                with open(path, errors="replace", encoding="utf-8", newline="") as file:
                    text += file.read().replace("\r\n", "\n")
        code = None
        if os.path.exists(out + "/exit-code"):
            with open(out + "/exit-code", encoding="utf-8") as file:
                code = int(file.read())
        if late:
            text += f"\nlab: stopped after {timeout} s\n"
        elif code is None:
            text += f"\nlab: QEMU ended with {process.returncode} and the lab without an answer. {problem}\n"
        return code, text


def main():
    parser = argparse.ArgumentParser(description="Run a command on a computer with a real KVM.")
    parser.add_argument("--timeout", type=int, default=300)
    parser.add_argument("--memory", type=int, default=3072)
    parser.add_argument("--out")
    parser.add_argument("--qemu-args", default="", help="more words for the lab's QEMU")
    parser.add_argument("--modules", default="", help="more kernel modules to load in it")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    try:
        code, text = run(args.command, args.timeout, args.memory, args.out,
                         extra=shlex.split(args.qemu_args), modules=args.modules.split())
    except NoLab as why:
        print("The KVM lab cannot be had:", why)
        return SKIP
    print(text, end="")
    return 1 if code is None else code


if __name__ == "__main__":
    sys.exit(main())
