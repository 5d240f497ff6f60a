#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small virtio cards in the KVM lab with Linux' own drivers: random numbers again and again, and
memory that the guest does not use any more goes back to the host.

    test_virtio.py --build FOLDER
"""

import argparse
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
import linux_guest  # noqa: E402

BUILD = ""
MODULES = ["virtio_pci", "virtio_rng", "virtio_balloon"]
MIB = 120
# Pages are reported some seconds after they were freed (mm/page_reporting.c).
SCRIPT = f"""
for i in 1 2 3 4; do echo "GUEST random $(dd if=/dev/hwrng bs=512 count=1 2> /dev/null | wc -c)"; done
for i in 1 2; do
    dd if=/dev/urandom of=/big bs=1M count={MIB} 2> /dev/null
    rm /big
    sleep 12
done
echo "GUEST stuck $(grep -l '^State:.D' /proc/[0-9]*/status 2> /dev/null | wc -l)"
"""
RUN = """
cd {project}
{build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --balloon \\
    --append "console=ttyS0 panic=-1 quiet pci=noearly" --memory 320 --timeout 900 \\
    > $LAB_OUT/guest.log 2>&1 &
while grep VmRSS /proc/$!/status; do sleep 0.5; done > $LAB_OUT/resident 2> /dev/null
wait $!
"""


class Virtio(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        out = cls.folder.name
        try:
            kernel, _ = linux_guest.write(out, SCRIPT, MODULES)
            with open(out + "/run.sh", "w", encoding="utf-8") as file:
                file.write(RUN.format(project=lab.PROJECT, build=BUILD, kernel=kernel))
            cls.code, cls.text = lab.run(["sh", "/tmp/lab/run.sh"], timeout=1300, out=out)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)
        path = out + "/guest.log"
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                cls.text += file.read()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_guest_came_to_its_end(self):
        self.assertEqual(self.code, 0, self.text)
        self.assertIn("GUEST done", self.text)

    def test_random_numbers_come_again_and_again(self):
        self.assertEqual(re.findall(r"GUEST random (\d+)", self.text), ["512"] * 4, self.text)

    def test_nothing_waits_for_an_answer(self):
        self.assertIn("GUEST stuck 0", self.text)

    def test_memory_goes_back(self):
        with open(self.folder.name + "/resident", encoding="utf-8") as file:
            resident = [int(size) // 1024 for size in re.findall(r"VmRSS:\s+(\d+) kB", file.read())]
        print("MiB, each half second:", resident)
        most = max(resident)
        # Twice: up by the file, down when it is gone.
        first = resident.index(most)
        self.assertLess(min(resident[first:]), most - MIB * 3 // 4, self.text)
        again = next(place for place in range(first, len(resident)) if resident[place] < most - MIB // 2)
        self.assertGreater(max(resident[again:]), min(resident[again:]) + MIB // 2, self.text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    options, rest = parser.parse_known_args()
    BUILD = os.path.abspath(options.build)
    unittest.main(argv=[sys.argv[0]] + rest)
