# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Linux on a disc, with a shell on its first serial port: Debian's kernel and busybox, as in
tests/lab, for tests that need a guest's driver and not its screen.

make() is the guard's: on the stage there is only the disc. Shell talks to the guest there."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /mnt
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in $(cat /modules.list); do insmod /modules/$module.ko; done
stty -F /dev/ttyS0 115200 raw -echo
exec 3<> /dev/ttyS0
echo SHELL READY >&3
# By eval: a shell on a terminal would edit lines, and cat to a shell would wait for more of them.
while read -r line <&3; do eval "$line" >&3 2>&1; done
"""
GRUB = """set timeout=0
menuentry "Linux" {
    linux /linux quiet panic=-1 %s
    initrd /initrd
}
"""


def make(path, modules, programs=(), words=""):
    """Writes the disc: kernel modules by name, host programs (statically linked) into /tests."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))
    import lab
    image, folder = lab.kernel()
    files = {"bin/busybox": (0o100755, pathlib.Path(lab.busybox()).read_bytes())}
    names = []
    for module in lab.with_dependencies(modules):
        short = os.path.basename(module)
        files[f"modules/{short}.ko"] = (0o100644, pathlib.Path(f"{folder}/{module}.ko").read_bytes())
        names.append(short)
    files["modules.list"] = (0o100644, "\n".join(names).encode() + b"\n")
    files["init"] = (0o100755, INIT.encode())
    for program in programs:
        files[f"tests/{program.name}"] = (0o100755, program.read_bytes())
    with tempfile.TemporaryDirectory(prefix="shell-iso-") as work:
        grub = pathlib.Path(work, "iso/boot/grub")
        grub.mkdir(parents=True)
        (grub / "grub.cfg").write_text(GRUB % words, encoding="utf-8")
        shutil.copyfile(image, f"{work}/iso/linux")
        lab.write_cpio(f"{work}/iso/initrd", files)
        subprocess.run(["grub-mkrescue", "-o", path, f"{work}/iso"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.chmod(path, 0o644)


class Shell:
    """The guest's shell, at the Unix socket of its serial port."""

    def __init__(self, path, timeout, is_fresh=True):
        """Waits until the guest has started, which nobody may have written to before; or takes over
        from another Shell of the same guest."""
        self._number = 0
        self._text = ""
        end = time.monotonic() + timeout
        while True:
            try:
                self._socket = socket.socket(socket.AF_UNIX)
                self._socket.connect(str(path))
                break
            except OSError:
                self._socket.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        if not is_fresh:
            self.send("echo SHELL RE''ADY")
        if self._wait(r"SHELL READY\n", end - time.monotonic()) is None:
            raise AssertionError(f"the guest's shell did not answer within {timeout} s")

    def _wait(self, pattern, timeout):
        end = time.monotonic() + timeout
        while True:
            found = re.search(pattern, self._text)
            if found:
                self._text = self._text[found.end():]
                return found
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                return None
            if not data:
                raise AssertionError("the guest's serial port was closed")
            self._text += data.decode(errors="replace").replace("\r\n", "\n")

    def send(self, command):
        """Starts it and does not wait."""
        self._socket.settimeout(30)
        self._socket.sendall((command + "\n").encode())

    def run(self, command, timeout=180):
        """(exit code, what it printed)."""
        self._number += 1
        mark = f"END{self._number}"
        self._text = ""
        self.send(f"{{ {command} ; }} 2>&1; echo {mark[:2]}''{mark[2:]} $?")
        found = self._wait(rf"(?s)^(.*?){mark} (\d+)\n", timeout)
        if found is None:
            raise AssertionError(f"\"{command}\" did not end in the guest within {timeout} s; "
                                 f"it printed: {self._text}")
        return int(found.group(2)), found.group(1)

    def check(self, command, timeout=180):
        """What it printed; AssertionError when it failed."""
        code, text = self.run(command, timeout)
        if code != 0:
            raise AssertionError(f"\"{command}\" failed in the guest with {code}: {text}")
        return text

    def close(self):
        self._socket.close()
