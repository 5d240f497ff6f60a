#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Linux guest with a shared folder: a virtio-fs card, QEMU's and the built-in engine's (that one in
the KVM lab), with vitrine-share behind it, and what programs of the guest see. Times against QEMU's own
9p: tests/bench/share.py.

    test_share.py --build FOLDER [--seconds N] [--engine both|qemu|kvm]     N: of the random checker

--engine kvm uses the KVM of the computer that it runs on.
"""

import argparse
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import lab
import linux_guest

GUEST_USER = 1000
# Files at a time and seconds a machine may take, with QEMU and on the engine: an exit costs much in the lab.
MANY = (100000, 100)
LIMIT = (1800, 2400)
SCRIPT = """
mkdir -p /share
mount -t virtiofs shared /share || echo GUEST no virtiofs
grep /share /proc/mounts
/tests/share_suite --user 1000 --many %(many)d /share && echo GUEST suite passed
/tests/share_fsx --seconds %(seconds)d --seed %(seed)d /share && echo GUEST fsx passed
echo "from the guest" > /share/hello; cat /share/from-host
umount /share && echo GUEST unmounted
awk '/virtio[0-9]+-requests/ { for (i = 2; $i ~ /^[0-9]+$/; ++i) n += $i } END { print "GUEST interrupts " n }' /proc/interrupts
"""


def as_user():
    """What a child does first, so that it is nobody special."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)


def folder_wakes(pid):
    """How often the engine's thread for folders has slept so far; None when it is gone."""
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/status", encoding="utf-8") as file:
                status = dict(line.split(":", 1) for line in file)
            if status["Name"].strip() == "folders":
                return int(status["voluntary_ctxt_switches"])
    except OSError:
        pass
    return None


def watch_folders(machine, seen):
    while machine.poll() is None:
        seen.append(folder_wakes(machine.pid) or seen[-1])
        time.sleep(0.5)


def command(args, work, image):
    """The machine, whose first serial port is the standard output."""
    if args.engine == "kvm":
        return [args.build + "/tests/vm_runner", "--kernel", image, "--initrd", work + "/initrd",
                "--append", "console=ttyS0 panic=-1 quiet pci=noearly", "--memory", "384",
                "--timeout", str(LIMIT[True] + args.seconds), "--folder", f"shared={work}/socket"]
    return [lab.qemu(), "-accel", "tcg,thread=multi", "-cpu", "max,erms=off,fsrm=off", "-smp", "2", "-m", "512",
            "-object", "memory-backend-memfd,id=pc.ram,size=512M,share=on",
            "-machine", "q35,memory-backend=pc.ram", "-nodefaults", "-display", "none",
            "-serial", "stdio", "-no-reboot", "-kernel", image, "-initrd", work + "/initrd",
            "-append", "console=ttyS0 panic=-1 quiet",
            "-chardev", f"socket,id=share,path={work}/socket",
            "-device", "vhost-user-fs-pci,chardev=share,tag=shared"]


def in_lab(args):
    """The same in a computer with a KVM."""
    words = ["env", "VITRINE_MEDIA_DIR=" + os.path.dirname(lab.CACHE), "python3",
             os.path.abspath(__file__), "--build", os.path.abspath(args.build),
             "--seconds", str(args.seconds), "--engine", "kvm"]
    try:
        code, text = lab.run(words, timeout=LIMIT[True] + 600 + args.seconds)
    except lab.NoLab as why:
        print("The KVM lab cannot be had:", why)
        return lab.SKIP
    print(text)
    return 1 if code is None else code


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--engine", choices=["both", "qemu", "kvm"], default="both")
    args = parser.parse_args()
    if args.engine == "kvm" and "LAB" not in os.environ and not os.access("/dev/kvm", os.R_OK):
        return lab.SKIP
    code = run(args)
    if code == 0 and args.engine == "both":
        code = in_lab(args)
    return code


def run(args):
    work = tempfile.mkdtemp(prefix="share-")
    os.chmod(work, 0o755)
    shared = work + "/shared"
    os.mkdir(shared)
    if os.geteuid() == 0:
        os.chown(shared, pwd.getpwnam("nobody").pw_uid, -1)
    with open(shared + "/from-host", "w", encoding="utf-8") as file:
        file.write("GUEST reads the host's file\n")
    children = []
    try:
        script = SCRIPT % {"seconds": args.seconds, "seed": os.getpid() % 10000,
                           "many": MANY[args.engine == "kvm"]}
        files = linux_guest.files(script, ["virtio_pci", "virtiofs"])
        for name in ("share_suite", "share_fsx"):
            with open(f"{args.build}/tests/{name}", "rb") as file:
                files["tests/" + name] = (0o100755, file.read())
        lab.write_cpio(work + "/initrd", files)
        image, _ = lab.kernel()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(work + "/socket")
            listener.listen(1)
            helper = subprocess.Popen(
                [args.build + "/lib/vitrine/vitrine-share", "--listener", str(listener.fileno()),
                 "--folder", shared, "--user", str(GUEST_USER), "--group", str(GUEST_USER)],
                pass_fds=[listener.fileno()], preexec_fn=as_user, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True)
            children.append(helper)
        machine = subprocess.Popen(
            command(args, work, image),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        children.append(machine)
        wakes = [0]
        if args.engine == "kvm":
            threading.Thread(target=watch_folders, args=(machine, wakes), daemon=True).start()
        try:
            text = machine.communicate(timeout=LIMIT[args.engine == "kvm"] + args.seconds)[0]
        except subprocess.TimeoutExpired:
            machine.kill()
            text = machine.communicate()[0] + b"\nstopped\n"
        text = text.decode(errors="replace").replace("\r\n", "\n")
        print(text)
        problems = helper.communicate(timeout=20)[1]
        print("vitrine-share ended with", helper.returncode, problems)
        for wanted in ("GUEST suite passed", "GUEST fsx passed", "GUEST reads the host's file",
                       "GUEST unmounted", "GUEST done"):
            if wanted not in text:
                print("missing:", wanted)
                return 1
        if args.engine == "kvm":
            found = re.search(r"GUEST interrupts (\d+)", text)
            interrupts = int(found[1]) if found else 0
            print(f"{interrupts} interrupts, for which the engine woke {wakes[-1]} times")
            if wakes[-1] * 10 > interrupts:
                print("the engine passes them on itself")
                return 1
        with open(shared + "/hello", encoding="utf-8") as file:
            if file.read() != "from the guest\n":
                print("the guest's file is not there")
                return 1
        if os.geteuid() == 0 and os.stat(shared + "/hello").st_uid == 0:
            print("the guest's file is root's")
            return 1
        return 0 if helper.returncode == 0 else 1
    except lab.NoLab as why:
        print("no guest:", why)
        return lab.SKIP
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
                child.wait()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
