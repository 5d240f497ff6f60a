#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""USB devices of the computer go to a machine's guest and back, in the KVM lab, whose own QEMU has the
devices: a stick, a keyboard, a serial line and a sound card.

    test_usb.py --build FOLDER [--engine qemu|kvm] [--cycles N]
"""

import argparse
import json
import os
import socket
import sys
import tempfile

import lab
import lab_machines
import linux_guest
import story

HOST_MODULES = ("xhci_pci", "usb_storage", "sd_mod", "usbhid", "hid_generic", "ext4", "crc32c_generic",
                "ftdi_sio", "snd_usb_audio")
GUEST_MODULES = ("xhci_pci", "usb_storage", "sd_mod", "usbhid", "hid_generic", "evdev", "snd_usb_audio",
                 "snd_pcm_oss", "vfat", "nls_cp437", "nls_ascii")
SHELL = """
export PS1='lab> '
while :; do setsid sh -c 'exec sh -i < /dev/ttyS0 > /dev/ttyS0 2>&1'; done
"""
STICK = {"driver": "usb-storage", "id": "stick", "drive": "medium", "bus": "usb.0", "serial": "LAB-1"}


class Monitor:
    """QEMU's, of the lab's computer."""

    def __init__(self, path):
        self._path = path
        self._file = None

    def do(self, command, **arguments):
        if not self._file:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(self._path)
            self._file = connection.makefile("rw")
            self._file.readline()
            self.do("qmp_capabilities")
        self._file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._file.flush()
        while True:
            answer = json.loads(self._file.readline())
            if "return" in answer or "error" in answer:
                return answer


class Usb(story.Story):
    inside = "usb"
    limit = 7200
    engine = "qemu"
    cycles = 200
    host_modules = HOST_MODULES
    guest_modules = GUEST_MODULES
    stick = (STICK,)  # the first is what is unplugged
    # Without another keyboard, keys that are pressed outside are this one's.
    others = ("-device", "usb-kbd,bus=usb.0", "-chardev", "null,id=line",
              "-device", "usb-serial,bus=usb.0,chardev=line,always-plugged=on",
              "-audiodev", "none,id=silence", "-device", "usb-audio,bus=usb.0,audiodev=silence")

    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="usb-")
        folder = cls.work.name
        lab_machines.make_linux_disc(folder, "guest", linux_guest.files(SHELL, cls.guest_modules))
        with open(folder + "/stick", "wb") as file:
            file.truncate(96 << 20)
        lab_machines.made(["mke2fs", "-q", "-t", "ext4", "-F", folder + "/stick"])
        cls.monitor = Monitor(folder + "/monitor")
        cls.extra = [
            "-machine", "pc,i8042=off", "-qmp", f"unix:{folder}/monitor,server=on,wait=off", "-device", "qemu-xhci,id=usb,p2=8,p3=8",
            "-blockdev", f"file,node-name=medium,filename={folder}/stick,cache.direct=off"]
        for device in cls.stick:
            cls.extra += ["-device", ",".join(f"{key}={value}" for key, value in device.items())]
        cls.extra += cls.others
        cls.modules = cls.host_modules
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        cls.work.cleanup()

    @classmethod
    def arguments(cls):
        disc = os.path.join(cls.folder, "guest.iso")
        os.rename(cls.work.name + "/guest.iso", disc)
        return [disc, str(cls.cycles), cls.engine]

    @classmethod
    def plug(cls):
        return cls.monitor.do("device_add", **cls.stick[0])

    @classmethod
    def watch(cls, out):
        """Does what the first half asks for."""
        if not os.path.exists(out + "/asked"):
            return
        with open(out + "/asked", encoding="utf-8") as file:
            asked = file.read()
        if asked == "unplug stick":
            answer = cls.monitor.do("device_del", id="stick")
        elif asked == "plug stick":
            answer = cls.plug()
        elif asked == "press a":
            answer = cls.monitor.do("send-key", keys=[{"type": "qcode", "data": "a"}])
        else:
            raise AssertionError(asked)
        assert "return" in answer, (asked, answer)
        os.remove(out + "/asked")

    def test_each_part_was_told(self):
        for part in ("without permission: Unavailable", "composite:", "isochronous:", "keyboard: a key arrived",
                     "files: mounted by the guest",
                     "read by the guest are what the host had", "written by the guest are what the host has",
                     "surprise:", "replug:", "saved:", f"cycles {self.cycles}:"):
            self.assertIn(part, self.text)


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--engine", choices=("qemu", "kvm"), default=Usb.engine)
    parser.add_argument("--cycles", type=int, default=Usb.cycles)
    options, sys.argv[1:] = parser.parse_known_args()
    Usb.engine, Usb.cycles, Usb.variant = options.engine, options.cycles, "-" + options.engine
    story.main()


if __name__ == "__main__":
    main()
