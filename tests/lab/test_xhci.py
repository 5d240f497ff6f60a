#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""USB of the built-in engine with Debian's kernel, in the KVM lab: a tablet, a keyboard, a stick and a
gamepad that comes and goes, on xHCI, each used by the guest, and what a MiB of the stick costs in exits beside QEMU.

    test_xhci.py --build FOLDER
"""

import argparse
import json
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
import linux_guest  # noqa: E402

BUILD = ""
MODULES = ["xhci_pci", "usbhid", "hid_generic", "evdev", "usb_storage", "sd_mod", "crct10dif_generic",
           "joydev"]
MIB = 4
SCRIPT = f"""
for i in $(seq 100); do [ -b /dev/sda ] && [ -e /dev/input/event0 ] && break; sleep 0.2; done
echo "GUEST says"
for device in /sys/bus/usb/devices/*; do
    [ -e $device/product ] && echo "GUEST usb $(cat $device/speed) $(cat $device/product)"
done
grep -h ^N: /proc/bus/input/devices | sed 's/^/GUEST input /'
dmesg | grep -i -E "xhci|usb|scsi|sda" | sed 's/^/GUEST dmesg /'
dd if=/dev/urandom of=/pattern bs=64k count={MIB * 16} 2> /dd.log || cat /dd.log
dd if=/pattern of=/dev/sda bs=64k seek=3 conv=fsync 2> /dd.log || cat /dd.log
echo 3 > /proc/sys/vm/drop_caches
dd if=/dev/sda bs=64k skip=3 count={MIB * 16} 2>/dev/null | cmp - /pattern && echo "GUEST stick good"
events=""
for event in /sys/class/input/event*; do
    case "$(cat $event/device/name)" in *"USB Tablet"*) tablet=/dev/input/${{event##*/}};;
    *"USB Keyboard"*) keyboard=/dev/input/${{event##*/}};; esac
done
if [ -n "$tablet" ]; then
    (head -c 72 $tablet | hexdump -v -e '1/1 "%02x"' > /pointer) &
    (head -c 72 $keyboard | hexdump -v -e '1/1 "%02x"' > /keys) &
    sleep 1
    echo "GUEST listens"
    for i in $(seq 60); do [ -s /pointer ] && [ -s /keys ] && break; sleep 0.5; done
    echo "GUEST pointer $(cat /pointer)"
    echo "GUEST keys $(cat /keys)"
    echo "GUEST waits for a gamepad"
    for i in $(seq 100); do
        pad=$(grep -l "USB Gamepad" /sys/class/input/event*/device/name) && break
        sleep 0.2
    done
    pad=${{pad%/device/name}}
    for i in $(seq 100); do [ -e $pad/device/js* ] && break; sleep 0.1; done
    echo "GUEST gamepad $(cat $pad/device/name): keys $(cat $pad/device/capabilities/key)," \\
         "axes $(cat $pad/device/capabilities/abs), $(basename $pad/device/js*)"
    (head -c 216 /dev/input/${{pad##*/}} | hexdump -v -e '1/1 "%02x"' > /held) &
    sleep 1
    echo "GUEST looks at the gamepad"
    for i in $(seq 60); do [ -s /held ] && break; sleep 0.5; done
    echo "GUEST held $(cat /held)"
    echo "GUEST has the gamepad taken"
    for i in $(seq 100); do [ -e /dev/input/${{pad##*/}} ] || break; sleep 0.2; done
    [ -e /dev/input/${{pad##*/}} ] || echo "GUEST gamepad has left"
fi
"""
RUN = """
set -u
cd {project}
truncate -s 64M /run/stick.img
append="console=ttyS0 panic=-1 quiet pci=noearly"
mkfifo /run/orders
wait_for() {{
    for i in $(seq 400); do grep -q "$1" $LAB_OUT/ours.log 2>/dev/null && break; sleep 1; done
}}
# The guest is told of a pointer and a key when it listens, then of a gamepad.
(sleep 1000 > /run/orders & keep=$!
 wait_for "GUEST listens"
 printf 'pointer\\nmove 10 10\\nmove 200 100\\npress 1e\\n' > /run/orders
 wait_for "GUEST waits for a gamepad"
 printf 'gamepad\\n' > /run/orders
 wait_for "GUEST looks at the gamepad"
 printf 'hold 1001 -32768 0\\nhold 0 0 0\\n' > /run/orders
 wait_for "GUEST has the gamepad taken"
 printf 'unplug %s\\n' $(sed -n 's/^\\[gamepad \\([0-9]*\\)\\].*/\\1/p' $LAB_OUT/ours.log) > /run/orders
 for i in $(seq 120); do grep -q "GUEST done" $LAB_OUT/ours.log && break; sleep 1; done
 kill $keep) &
{build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --append "$append" \\
    --memory 384 --timeout 400 --statistics $LAB_OUT/ours.json --pointer usb --usb-keyboard \\
    --usb-stick /run/stick.img --commands < /run/orders > $LAB_OUT/ours.log 2>&1
"""


class Xhci(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        out = cls.folder.name
        kernel, _ = linux_guest.write(out, SCRIPT, MODULES)
        with open(out + "/run.sh", "w", encoding="utf-8") as file:
            file.write(RUN.format(project=lab.PROJECT, build=BUILD, kernel=kernel))
        try:
            cls.code, cls.text = lab.run(["sh", "/tmp/lab/run.sh"], timeout=900, out=out)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)
        path = out + "/ours.log"
        cls.log = cls.text
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                cls.log = file.read()
        print(cls.log)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_devices_are_there(self):
        for text in ("usb 12 USB Tablet", "usb 12 USB Keyboard", "usb 5000 USB Stick",
                     "xhci_hcd", "[good after"):
            self.assertIn(text, self.log)

    def test_the_stick_holds_what_was_written(self):
        self.assertIn("GUEST stick good", self.log)

    def test_the_pointer_is_absolute_and_keys_arrive(self):
        self.assertIn("absolute", self.log)
        # Type 3 (EV_ABS), code 0 (ABS_X); type 1 (EV_KEY), code 30 (KEY_A), value 1.
        self.assertRegex(self.log, r"GUEST pointer [0-9a-f]*03000000")
        self.assertRegex(self.log, r"GUEST keys [0-9a-f]*01001e0001000000")

    def test_a_gamepad_comes_is_used_and_goes(self):
        keys, axes = re.search(r"GUEST gamepad Vitrine USB Gamepad: keys ([0-9a-f ]+), "
                               r"axes ([0-9a-f ]+), js[0-9]", self.log).groups()
        bits = 0
        for word in keys.split():
            bits = bits << 64 | int(word, 16)
        # BTN_SOUTH, which is BTN_GAMEPAD, to BTN_THUMBR.
        self.assertEqual(bits, (2 ** 15 - 1) << 0x130)
        # X, Y, Z, RZ, GAS, BRAKE, HAT0X, HAT0Y.
        self.assertEqual(int(axes, 16), 1 << 0 | 1 << 1 | 1 << 2 | 1 << 5 | 1 << 9 | 1 << 10
                         | 1 << 16 | 1 << 17)
        held = re.search(r"GUEST held ([0-9a-f]+)", self.log).group(1)
        # Each is its time, type, code and value.
        events = [held[i + 32:i + 48] for i in range(0, len(held), 48)]
        self.assertIn("0100300101000000", events)  # BTN_SOUTH, down
        self.assertIn("0100300100000000", events)  # and up
        self.assertIn("030000000080ffff", events)  # ABS_X at its left end
        self.assertIn("GUEST gamepad has left", self.log)

    def test_exits_are_told(self):
        with open(f"{self.folder.name}/ours.json", encoding="utf-8") as file:
            statistics = json.load(file)
        pages = {int(address, 16): counts for address, counts in statistics["addresses"].items()}
        doorbells = [counts for page, counts in pages.items() if page % 0x4000 == 0x2000]  # of the controller's BAR
        reads, writes = (sum(counts[i] for counts in doorbells) for i in (0, 1))
        print(f"exits: {statistics['total']}, of these at doorbells {reads} and {writes} for {2 * MIB} MiB")
        # Commands', and each endpoint's first ones; by the others it would be 300 more.
        self.assertEqual(reads, 0)
        self.assertLess(writes, 120)
        self.assertGreater(statistics["total"], 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    arguments, rest = parser.parse_known_args()
    BUILD = os.path.abspath(arguments.build)
    try:
        lab.kernel()
        lab.busybox()
    except lab.NoLab as why:
        print("The KVM lab cannot be had:", why)
        sys.exit(lab.SKIP)
    unittest.main(argv=[sys.argv[0], "-v"] + rest)
