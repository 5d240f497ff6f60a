# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Linux to run on the engine: Debian's kernel with an initramfs of busybox."""

import os

import lab

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /mnt
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in $(cat /modules.list); do insmod /modules/$module.ko; done
echo "GUEST userspace, $(grep -c ^processor /proc/cpuinfo) processors, $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
%s
echo GUEST done
poweroff -f
"""


def files(script="", modules=()):
    """The initramfs as {name: (mode, contents)}."""
    _, folder = lab.kernel()
    with open(lab.busybox(), "rb") as file:
        result = {"bin/busybox": (0o100755, file.read())}
    names = []
    for module in lab.with_dependencies(modules):
        short = os.path.basename(module)
        with open(f"{folder}/{module}.ko", "rb") as file:
            result[f"modules/{short}.ko"] = (0o100644, file.read())
        names.append(short)
    result["modules.list"] = (0o100644, "\n".join(names).encode() + b"\n")
    result["init"] = (0o100755, (INIT % script).encode())
    return result


def write(folder, script="", modules=()):
    """Writes initrd into the folder; returns (kernel, initrd)."""
    kernel, _ = lab.kernel()
    path = os.path.join(folder, "guest-initrd")
    lab.write_cpio(path, files(script, modules))
    return kernel, path
