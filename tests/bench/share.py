#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shared folder against QEMU's own 9p, in the same Linux guest: many small files, and one large one
in order: past the guest's cache (9p's own way) and through it (9p with cache=loose). Prints JSON with
the seconds of both and the ratio ours/theirs; each round takes turns.

    share.py [--build FOLDER] [--runs N] [--files N] [--mebibytes N] [--place FOLDER] [--accelerator NAME]

The folders are made in `--place`. Without a real KVM the guest is emulated, which slows both."""
import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lab"))
import lab  # noqa: E402
import linux_guest  # noqa: E402

# One shell and its own commands: nothing that starts a program for each file.
SCRIPT = """
now() { read up rest < /proc/uptime; echo $up; }
cold() { sync; echo 3 > /proc/sys/vm/drop_caches; }
mkdir -p /ours /nine /loose
mount -t virtiofs ours /ours || echo GUEST no virtiofs
mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576 nine /nine || echo GUEST no 9p
mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576,cache=loose loose /loose || echo GUEST no loose 9p
round=0
while [ $round -lt %(runs)d ]; do
    round=$((round + 1))
    for place in ours nine; do
        mkdir /$place/many
        a=$(now); i=0; while [ $i -lt %(files)d ]; do : > /$place/many/$i; i=$((i + 1)); done; b=$(now)
        echo "TIME $place create $a $b"
        cold; a=$(now); ls -l /$place/many > /dev/null; b=$(now); echo "TIME $place list $a $b"
        cold; a=$(now); i=0; while [ $i -lt %(files)d ]; do read line < /$place/many/$i; i=$((i + 1)); done; b=$(now)
        echo "TIME $place open $a $b"
        a=$(now); rm -r /$place/many; b=$(now); echo "TIME $place remove $a $b"
        a=$(now); dd if=/dev/zero of=/$place/big bs=1M count=%(size)d conv=fsync 2> /dev/null; b=$(now)
        echo "TIME $place write $a $b"
        rm /$place/big
    done
    # 9p reads past the cache whatever it is told; so do we where we are told.
    dd if=/dev/zero of=/ours/big bs=1M count=%(size)d conv=fsync 2> /dev/null
    dd if=/dev/zero of=/nine/big bs=1M count=%(size)d conv=fsync 2> /dev/null
    cold; a=$(now); dd if=/ours/big of=/dev/null bs=1M iflag=direct 2> /dev/null; b=$(now)
    echo "TIME ours read_past_cache $a $b"
    cold; a=$(now); dd if=/nine/big of=/dev/null bs=1M 2> /dev/null; b=$(now)
    echo "TIME nine read_past_cache $a $b"
    cold; a=$(now); dd if=/ours/big of=/dev/null bs=1M 2> /dev/null; b=$(now)
    echo "TIME ours read_into_cache $a $b"
    cold; a=$(now); dd if=/loose/big of=/dev/null bs=1M 2> /dev/null; b=$(now)
    echo "TIME nine read_into_cache $a $b"
    rm /ours/big /nine/big
done
umount /loose && umount /ours && umount /nine && echo GUEST unmounted
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--mebibytes", type=int, default=256)
    parser.add_argument("--place", default=tempfile.gettempdir())
    parser.add_argument("--accelerator", default="tcg,thread=multi")
    # Emulated, a copy by "rep movsb" costs a hundred times what it costs a processor.
    parser.add_argument("--processor", default="max,-erms,-fsrm")
    parser.add_argument("--timeout", type=int, default=1800)
    args = parser.parse_args()
    work = tempfile.mkdtemp(prefix="share-bench-", dir=args.place)
    children = []
    try:
        for folder in ("ours", "nine"):
            os.mkdir(f"{work}/{folder}")
        script = SCRIPT % {"runs": args.runs, "files": args.files, "size": args.mebibytes}
        kernel, initrd = linux_guest.write(work, script,
                                           ["virtio_pci", "virtiofs", "9p", "9pnet_virtio"])
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(work + "/socket")
            listener.listen(1)
            helper = subprocess.Popen(
                [args.build / "lib/vitrine/vitrine-share", "--listener", str(listener.fileno()),
                 "--folder", work + "/ours"], pass_fds=[listener.fileno()], stdout=subprocess.DEVNULL)
            children.append(helper)
        machine = subprocess.Popen(
            [lab.qemu(), "-accel", args.accelerator, "-cpu", args.processor, "-smp", "2", "-m", "1024",
             # A page that the host has to find first costs more than what is read into it.
             "-object", "memory-backend-memfd,id=pc.ram,size=1024M,share=on,prealloc=on",
             "-machine", "q35,memory-backend=pc.ram", "-nodefaults", "-display", "none",
             "-serial", "stdio", "-no-reboot", "-kernel", kernel, "-initrd", initrd,
             "-append", "console=ttyS0 panic=-1 quiet",
             "-chardev", f"socket,id=share,path={work}/socket",
             "-device", "vhost-user-fs-pci,chardev=share,tag=ours,queue-size=1024",
             "-virtfs", f"local,path={work}/nine,mount_tag=nine,security_model=none",
             "-virtfs", f"local,path={work}/nine,mount_tag=loose,security_model=none"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        children.append(machine)
        try:
            text = machine.communicate(timeout=args.timeout)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            machine.kill()
            text = machine.communicate()[0].decode(errors="replace")
            print(f"The guest did not end within {args.timeout} s and said:\n{text}", file=sys.stderr)
            return 1
        times = {}
        for place, what, begin, end in re.findall(r"TIME (\w+) (\w+) ([\d.]+) ([\d.]+)", text):
            times.setdefault(what, {}).setdefault(place, []).append(float(end) - float(begin))
        if "GUEST unmounted" not in text or not times:
            print(f"The guest said:\n{text}", file=sys.stderr)
            return 1
        result = {}
        for what, both in times.items():
            ours, theirs = (statistics.median(both[place]) for place in ("ours", "nine"))
            result[what] = {"ours": round(ours, 2), "9p": round(theirs, 2),
                            "ratio": round(ours / theirs, 2) if theirs else None}
        print(json.dumps({"files": args.files, "mebibytes": args.mebibytes, "runs": args.runs,
                          "seconds": result}, indent=2))
        return 0
    except lab.NoLab as why:
        print("no guest:", why, file=sys.stderr)
        return 1
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
                child.wait()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
