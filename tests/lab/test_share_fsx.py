#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The random checkers (tests/share/share_fsx.cpp) in a real Linux guest, in a folder that vitrine-share
gives to QEMU's virtio-fs card: two at a time, each with its own file, while the guest forgets its caches
again and again. The guest is emulated; nothing else on the host touches the folder.

    test_share_fsx.py --build FOLDER [--seconds N] [--seed N]
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

import lab
import linux_guest
from test_share import as_user

CHECKERS = 2
SCRIPT = """
mkdir -p /share
mount -t virtiofs shared /share || echo GUEST no virtiofs
(i=0; while :; do sleep 1; i=$((i + 1)); echo $((i %% 3 + 1)) > /proc/sys/vm/drop_caches
    [ $((i %% 300)) = 0 ] && echo "GUEST forgot its caches $i times"; done) &
forgetting=$!
for seed in %(seeds)s; do
    (/tests/share_fsx --seconds %(seconds)d --seed $seed /share && echo GUEST checker $seed passed) &
    checkers="$checkers $!"
done
wait $checkers
kill $forgetting
wait $forgetting
umount /share && echo GUEST unmounted
"""


def run(args, work):
    shared = work + "/shared"
    os.mkdir(shared)
    os.chmod(shared, 0o777)
    os.chmod(work, 0o755)
    seeds = [args.seed + i for i in range(CHECKERS)]
    print("seeds:", *seeds, flush=True)
    files = linux_guest.files(SCRIPT % {"seconds": args.seconds, "seeds": " ".join(map(str, seeds))},
                              ["virtio_pci", "virtiofs"])
    with open(f"{args.build}/tests/share_fsx", "rb") as file:
        files["tests/share_fsx"] = (0o100755, file.read())
    lab.write_cpio(work + "/initrd", files)
    image, _ = lab.kernel()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(work + "/socket")
        listener.listen(1)
        server = subprocess.Popen(
            [args.build + "/lib/vitrine/vitrine-share", "--listener", str(listener.fileno()),
             "--folder", shared, "--user", "0", "--group", "0"],
            pass_fds=[listener.fileno()], preexec_fn=as_user, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
    # Emulated, a copy by "rep movsb" costs a hundred times what it costs a processor.
    machine = subprocess.Popen(
        [lab.qemu(), "-accel", "tcg,thread=multi", "-cpu", "max,-erms,-fsrm", "-smp", "2", "-m", "512",
         "-object", "memory-backend-memfd,id=pc.ram,size=512M,share=on",
         "-machine", "q35,memory-backend=pc.ram", "-nodefaults", "-display", "none",
         "-serial", "stdio", "-no-reboot", "-kernel", image, "-initrd", work + "/initrd",
         "-append", "console=ttyS0 panic=-1 quiet",
         "-chardev", f"socket,id=share,path={work}/socket",
         "-device", "vhost-user-fs-pci,chardev=share,tag=shared"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        try:
            text = machine.communicate(timeout=600 + args.seconds * 3 // 2)[0]
        except subprocess.TimeoutExpired:
            machine.kill()
            text = machine.communicate()[0] + b"\nstopped\n"
        text = text.decode(errors="replace").replace("\r\n", "\n")
        print(text)
        problems = server.communicate(timeout=20)[1]
        print("vitrine-share ended with", server.returncode, problems)
        failed = server.returncode != 0
        for wanted in [f"GUEST checker {seed} passed" for seed in seeds] + ["GUEST unmounted", "GUEST done"]:
            if wanted not in text:
                print("missing:", wanted)
                failed = True
        if os.listdir(shared):
            print("left behind:", *os.listdir(shared))
            failed = True
        operations = sum(int(count) for count in re.findall(r"(\d+) operations, seed", text))
        print(operations, "operations in", args.seconds, "s")
        return 1 if failed else 0
    finally:
        for child in (machine, server):
            if child.poll() is None:
                child.kill()
                child.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=os.getpid() % 10000)
    args = parser.parse_args()
    work = tempfile.mkdtemp(prefix="share-fsx-")
    try:
        return run(args, work)
    except lab.NoLab as why:
        print("no guest:", why)
        return lab.SKIP
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
