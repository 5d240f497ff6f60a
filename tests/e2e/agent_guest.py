# SPDX-License-Identifier: GPL-3.0-or-later
"""A Linux with qemu-guest-agent that boots from a CD in well under a minute of software emulation: Debian's
kernel, busybox, the agent and its libraries. Nothing of it is installed anywhere."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))
import lab  # noqa: E402

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /root /home/eva
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mkdir -p /var
ln -s /run /var/run
chmod 1777 /tmp
for module in $(cat /modules.list); do insmod /modules/$module.ko; done
hostname desk
chown 1000:1000 /home/eva
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
# The driver tells of a port some moments after it was loaded.
agent=
until [ "$agent" ]; do
    for port in /sys/class/virtio-ports/*; do
        read -r name 2> /dev/null < $port/name && [ "$name" = org.qemu.guest_agent.0 ] && agent=/dev/${port##*/}
    done
done
while :; do
    qemu-ga --method virtio-serial --path $agent --statedir /run --pidfile /run/qemu-ga.pid
done
"""

GRUB = """set timeout=0
linux /vmlinuz quiet pci=noearly panic=-1
initrd /initrd
boot
"""

MODULES = ["virtio_pci", "virtio_console", "virtio_net", "virtiofs"]


def agent_files():
    """The agent and all that the loader brings in, by name in the guest."""
    program = shutil.which("qemu-ga", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not program:
        raise unittest.SkipTest("qemu-ga is not installed (package qemu-guest-agent)")
    listed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    paths = [word for line in listed.splitlines() for word in line.split() if word.startswith("/")]
    return {"bin/qemu-ga": program, **{path.lstrip("/"): path for path in paths}}


def make_disc(path):
    """Writes the CD; raises SkipTest when something that it takes is not installed."""
    try:
        kernel, folder = lab.kernel()
        files = {"bin/busybox": (0o100755, pathlib.Path(lab.busybox()).read_bytes())}
        modules = lab.with_dependencies(MODULES)
    except lab.NoLab as why:
        raise unittest.SkipTest(str(why)) from None
    for name, source in agent_files().items():
        files[name] = (0o100755, pathlib.Path(source).read_bytes())
    for module in modules:
        files[f"modules/{os.path.basename(module)}.ko"] = (
            0o100644, pathlib.Path(folder, module + ".ko").read_bytes())
    names = "\n".join(os.path.basename(module) for module in modules) + "\n"
    files["modules.list"] = (0o100644, names.encode())
    files["etc/passwd"] = (0o100644, b"root:x:0:0:root:/root:/bin/sh\n"
                                     b"eva:x:1000:1000:Eva:/home/eva:/bin/sh\n")
    files["etc/group"] = (0o100644, b"root:x:0:\neva:x:1000:\n")
    files["etc/os-release"] = (0o100644, b'ID=debian\nNAME="Debian GNU/Linux"\n'
                                         b'PRETTY_NAME="Debian GNU/Linux of the test"\n')
    files["init"] = (0o100755, INIT.encode())
    tree = path + ".tree"
    os.makedirs(tree + "/boot/grub")
    lab.write_cpio(tree + "/initrd", files)
    shutil.copy(kernel, tree + "/vmlinuz")
    pathlib.Path(tree, "boot/grub/grub.cfg").write_text(GRUB, encoding="utf-8")
    try:
        done = subprocess.run(["grub-mkrescue", "-o", path, tree], capture_output=True, text=True)
    except OSError as why:
        raise unittest.SkipTest(f"grub-mkrescue cannot be run: {why}") from None
    if done.returncode != 0:
        raise unittest.SkipTest(f"grub-mkrescue failed: {done.stderr}")
    shutil.rmtree(tree)
