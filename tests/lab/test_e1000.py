#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An 82540EM in the KVM lab with Linux' own driver: a file comes through it whole, and for each packet, and
while nothing happens, the guest leaves for userspace no more often than with QEMU's.

    test_e1000.py --build FOLDER
"""

import json

import linux_guest
import story

MODULES = ["e1000"]
# The exits that the commands themselves cost, letters on the serial port, are small beside what is counted.
SCRIPT = """
echo "GUEST registers $(head -n 1 /sys/class/net/eth0/device/resource | cut -d' ' -f1)"
ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
count() { echo $(($(cat /sys/class/net/eth0/statistics/rx_packets) + $(cat /sys/class/net/eth0/statistics/tx_packets))); }
until wget -q -O /small http://10.0.2.2:8000/; do sleep 1; done
sleep 5
before=$(count)
echo "GUEST begin"
wget -q -O - http://10.0.2.2:8000/file | wc -c > /size
echo "GUEST end packets $(($(count) - before))"
echo "GUEST size $(cat /size)"
sleep 5
echo "GUEST begin"
sleep 20
echo "GUEST end up 20"
ip link set eth0 down
sleep 5
echo "GUEST begin"
sleep 20
echo "GUEST end down 20"
"""
# Of QEMU's; at rest some are chance.
LIMITS = {"packets": (1.0, 0), "up": (1.0, 2), "down": (1.0, 2)}


class E1000(story.Story):
    inside = "e1000"
    limit = 1300

    @classmethod
    def arguments(cls):
        kernel, _ = linux_guest.write(cls.folder, SCRIPT, MODULES)
        return [kernel]

    def test_the_file_came_whole(self):
        self.assertEqual(self.text.count(f"GUEST size {32 << 20}"), 2, self.text)

    def test_ours_leaves_no_more_often(self):
        ours, qemu = (json.loads(self.file(name + ".json")) for name in ("ours", "qemu"))
        for which, results in (("ours", ours), ("qemu", qemu)):
            for name, values in results.items():
                often = sorted(values["where"].items(), key=lambda one: -one[1])[:12]
                print(f"{which} {name}: {values['each']:.3f} ({values['exits']} exits, {values['units']}):",
                      ", ".join(f"{count} {register}" for register, count in often if count))
        for name, (share, chance) in LIMITS.items():
            with self.subTest(name):
                self.assertLessEqual(ours[name]["each"], share * qemu[name]["each"] + chance)


if __name__ == "__main__":
    story.main()
