#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports of agents in a real Linux guest on the built-in engine: its own virtio_console driver,
qemu-guest-agent at one port, a shell that plays spice-vdagent at the other.

    test_agents.py --build FOLDER
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import lab
import linux_guest

BUILD = ""
HERE = os.path.dirname(os.path.abspath(__file__))
BYTES = 1 << 20
# A chunk for the client's port that is one message of type 6; see engine/host/vdagent_protocol.h.
SCRIPT = r"""
mkdir -p /dev/virtio-ports /run /var/run /tmp
for port in /sys/class/virtio-ports/*; do
    ln -s /dev/$(basename $port) /dev/virtio-ports/$(cat $port/name)
done
echo GUEST ports $(ls /dev/virtio-ports)
exec 3<>/dev/virtio-ports/com.redhat.spice.0
echo GUEST heard $(dd bs=1 count=24 <&3 2>/dev/null | od -An -tx1 -v | tr -d ' \n')
printf '\001\0\0\0\024\0\020\0\001\0\0\0\006\0\0\0\0\0\0\0\0\0\0\0\0\0\020\0' >&3
head -c 1048576 /dev/zero >&3
qemu-ga -t /run &
for i in $(seq 300); do [ -e /done ] && break; sleep 1; done
[ -e /done ] && echo GUEST agent was asked
"""


def with_program(files, path):
    """A program of this computer's with its libraries."""
    listed = subprocess.run(["ldd", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    for name in {path, *re.findall(r"(/\S+) \(0x", listed)}:
        with open(name, "rb") as file:
            files[name.lstrip("/")] = (0o100755, file.read())
    files["sbin/" + os.path.basename(path)] = files.pop(path.lstrip("/"))


class Agents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        out = cls.folder.name
        files = linux_guest.files(SCRIPT, ["virtio_pci", "virtio_console"])
        with_program(files, shutil.which("qemu-ga", path=os.environ["PATH"] + ":/usr/sbin"))
        lab.write_cpio(out + "/guest-initrd", files)
        kernel, _ = lab.kernel()
        try:
            cls.code, cls.text = lab.run(
                ["python3", HERE + "/inside_agents.py", BUILD, kernel, "/tmp/lab/guest-initrd"],
                timeout=900, out=out)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)
        print(cls.text)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_driver_knows_both_ports(self):
        self.assertRegex(self.text, r"GUEST ports com\.redhat\.spice\.0 org\.qemu\.guest_agent\.0")

    def test_messages_go_both_ways(self):
        self.assertIn("GUEST heard 0100000010000000" + b"from the window\n".hex(), self.text)
        self.assertIn(f"INSIDE message 1 6 {BYTES} {hashlib.sha256(bytes(BYTES)).hexdigest()}",
                      self.text)

    def test_guest_agent_answers_and_takes_files(self):
        self.assertRegex(self.text, r"INSIDE agent \d+\.\d+")
        self.assertIn("INSIDE file same", self.text)
        self.assertIn("GUEST agent was asked", self.text)

    def test_machine_ends_well(self):
        self.assertIn("[good after", self.text)
        self.assertEqual(self.code, 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    arguments, rest = parser.parse_known_args()
    BUILD = os.path.abspath(arguments.build)
    if not shutil.which("qemu-ga", path=os.environ["PATH"] + ":/usr/sbin"):
        print("qemu-ga is missing: install the package qemu-guest-agent")
        sys.exit(lab.SKIP)
    try:
        lab.kernel()
        lab.busybox()
    except lab.NoLab as why:
        print("The KVM lab cannot be had:", why)
        sys.exit(lab.SKIP)
    unittest.main(argv=[sys.argv[0], "-v"] + rest)
