#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a headless machine with a qcow2 disk costs beyond its guest's memory, all its processes together,
beside QEMU with the same guest and devices, in the KVM lab.

    test_memory.py --build FOLDER
"""

import json

import story

SHOWN = 12


class Memory(story.Story):
    inside = "memory"

    def test_it_costs_half_of_qemu(self):
        totals = {}
        for name in ("ours", "qemu"):
            parts = json.loads(self.file(name + ".json"))
            totals[name] = sum(parts.values())
            print(f"{name}: {totals[name]} KiB, of them")
            for part, size in sorted(parts.items(), key=lambda item: -item[1])[:SHOWN]:
                print(f"  {size:6} {part}")
        ratio = totals["ours"] / totals["qemu"]
        print(f"ratio {ratio:.2f}")
        self.assertLessEqual(ratio, 0.5)


if __name__ == "__main__":
    story.main()
