#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk of the computer's that speaks USB Attached SCSI goes to a guest of the built-in engine with its bulk
streams, in the KVM lab, whose own QEMU has the disk.

    test_usb_streams.py --build FOLDER [--cycles N]
"""

import argparse
import sys

import story
import test_usb

# The lab's own driver has the disk until the guest gets it.
HOST_MODULES = ("xhci_pci", "uas", "sd_mod", "ext4", "crc32c_generic")
GUEST_MODULES = ("xhci_pci", "uas", "sd_mod", "crct10dif_generic")
DISK = ({"driver": "usb-uas", "id": "stick", "bus": "usb.0"},
        {"driver": "scsi-hd", "id": "unit", "bus": "stick.0", "drive": "medium", "serial": "LAB-1"})


class UsbStreams(test_usb.Usb):
    inside = "usb_streams"
    limit = 3600
    engine = "kvm"
    cycles = 40
    host_modules = HOST_MODULES
    guest_modules = GUEST_MODULES
    stick = DISK
    others = ()

    @classmethod
    def plug(cls):
        for device in cls.stick:
            answer = cls.monitor.do("device_add", **device)
            assert "return" in answer, answer
        # QEMU waits for its disks.
        return cls.monitor.do("qom-set", path="/machine/peripheral/stick", property="attached", value=True)

    def test_each_part_was_told(self):
        for part in ("driver: uas", "read by the guest are what the host had", "written by the guest are what the host has",
                     "at once:", "surprise:", "replug:", "saved:", f"cycles {self.cycles}:"):
            self.assertIn(part, self.text)


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--cycles", type=int, default=UsbStreams.cycles)
    options, sys.argv[1:] = parser.parse_known_args()
    UsbStreams.cycles = options.cycles
    story.main()


if __name__ == "__main__":
    main()
