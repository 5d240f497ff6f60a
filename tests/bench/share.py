#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shared folder against QEMU's own 9p, in the same Linux guest: many small files, one large one in order,
and one that nobody has changed for long. Ours is mounted as everybody writes it; 9p so, tuned (the largest
messages), and tuned with cache=loose. Prints JSON with the seconds of all and the ratios ours/theirs; each
round takes turns. Writes go to the host's page cache, with both; how long its disk then takes is measured by
itself (synchronize).

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

# Each way of mounting; 9p's, at its default, and tuned to what it can do at once. Both are as coherent with the
# host as ours; "loose" is not: it believes its cache whatever the host does.
MOUNTS = """
mkdir -p /ours /plain /tuned /loose
mount -t virtiofs ours /ours || echo GUEST no virtiofs
mount -t 9p -o trans=virtio plain /plain || echo GUEST no 9p
mount -t 9p -o trans=virtio,msize=1048576 tuned /tuned || echo GUEST no tuned 9p
mount -t 9p -o trans=virtio,msize=1048576,cache=loose loose /loose || echo GUEST no loose 9p
"""

# One shell and its own commands: nothing that starts a program for each file.
SCRIPT = """
now() { read up rest < /proc/uptime; echo $up; }
cold() { sync; echo 3 > /proc/sys/vm/drop_caches; }
timed() { what="$1 $2"; shift 2; a=$(now); "$@" 2> /dev/null; b=$(now); echo "TIME $what $a $b"; }
copy() { dd bs=1M "$@"; }
""" + MOUNTS + """
round=0
while [ $round -lt %(runs)d ]; do
    round=$((round + 1))
    [ %(files)d = 0 ] || for place in ours plain; do
        mkdir /$place/many
        a=$(now); i=0; while [ $i -lt %(files)d ]; do : > /$place/many/$i; i=$((i + 1)); done; b=$(now)
        echo "TIME $place create $a $b"
        cold; a=$(now); ls -l /$place/many > /dev/null; b=$(now); echo "TIME $place list $a $b"
        cold; a=$(now); i=0; while [ $i -lt %(files)d ]; do read line < /$place/many/$i; i=$((i + 1)); done; b=$(now)
        echo "TIME $place open $a $b"
        timed $place remove rm -r /$place/many
    done
    [ %(size)d = 0 ] || for place in ours plain tuned; do
        # Into the host's cache, where both put it at once; then to its disk.
        cold; timed $place write copy if=/dev/zero of=/$place/big count=%(size)d
        timed $place synchronize copy if=/dev/null of=/$place/big conv=notrunc,fsync
        timed $place overwrite copy if=/dev/zero of=/$place/big count=%(size)d conv=notrunc
        timed $place write_past_cache copy if=/dev/zero of=/$place/big count=%(size)d conv=notrunc oflag=direct
        cold; timed $place read copy if=/$place/big of=/dev/null
        timed $place read_again copy if=/$place/big of=/dev/null
        cold; timed $place read_past_cache copy if=/$place/big of=/dev/null iflag=direct
        # A cache that believes itself whatever the host does.
        [ $place = tuned ] && {
            cold; timed loose read copy if=/loose/big of=/dev/null
            timed loose read_again copy if=/loose/big of=/dev/null
        }
        rm /$place/big
    done
done
# One that nobody has changed for long, as most files are: opened, read, opened again.
[ %(size)d = 0 ] || {
    while [ $(cut -d. -f1 /proc/uptime) -lt %(settled)d ]; do sleep 1; done
    round=0
    while [ $round -lt %(runs)d ]; do
        round=$((round + 1))
        for place in ours plain tuned; do
            cold; copy if=/$place/old of=/dev/null 2> /dev/null; sleep 2; copy if=/$place/old of=/dev/null 2> /dev/null
            timed $place reopen_settled copy if=/$place/old of=/dev/null
        done
    done
}
umount /loose && umount /ours && umount /tuned && umount /plain && echo GUEST unmounted
"""
# Seconds after which vitrine-share believes a file's times (engine/share/settled_files.h), and a few more.
SETTLED = 76


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--mebibytes", type=int, default=512)
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
            with open(f"{work}/{folder}/old", "wb") as file:
                file.write(b"v" * (args.mebibytes << 20))
        script = SCRIPT % {"runs": args.runs, "files": args.files, "size": args.mebibytes,
                           "settled": SETTLED}
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
            [lab.qemu(), "-accel", args.accelerator, "-cpu", args.processor, "-smp", "2", "-m", "1536",
             # A page that the host has to find first costs more than what is read into it.
             "-object", "memory-backend-memfd,id=pc.ram,size=1536M,share=on,prealloc=on",
             "-machine", "q35,memory-backend=pc.ram", "-nodefaults", "-display", "none",
             "-serial", "stdio", "-no-reboot", "-kernel", kernel, "-initrd", initrd,
             "-append", "console=ttyS0 panic=-1 quiet",
             "-chardev", f"socket,id=share,path={work}/socket",
             "-device", "vhost-user-fs-pci,chardev=share,tag=ours,queue-size=1024",
             *(word for tag in ("plain", "tuned", "loose")
               for word in ("-virtfs", f"local,path={work}/nine,mount_tag={tag},security_model=none"))],
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
        for what, places in times.items():
            medians = {place: statistics.median(found) for place, found in places.items()}
            ours = medians.pop("ours")
            result[what] = {"ours": round(ours, 2)}
            for place, theirs in medians.items():
                result[what]["9p " + place] = round(theirs, 2)
                result[what]["ours/" + place] = round(ours / theirs, 2) if theirs else None
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
