#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound card in the KVM lab: Linux' own driver plays a tone, which is measured where it leaves
the engine, and records another one, while other programs of the guest take all of the processor that
they get.

    test_sound.py --build FOLDER
"""

import argparse
import array
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
import linux_guest  # noqa: E402

BUILD = ""
MODULES = ["snd_hda_intel", "snd_hda_codec_generic"]
RATE = 48000
TONE = 480
SECONDS = 3
PERIOD = 1024  # of tests/guests/tone.c
SCRIPT = """
for i in $(seq 100); do [ -c /dev/snd/controlC0 ] && break; sleep 0.1; done
cat /proc/asound/cards
grep -h . /proc/asound/card0/codec#0 | head -3
md5sum < /dev/zero & first=$!
while :; do :; done & second=$!
/bin/tone %d
kill $first $second
cat /proc/asound/card0/pcm0p/sub0/status
""" % SECONDS
RUN = """
cd {project}
for board in q35 i440fx; do
    {build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --board $board \\
        --append "console=ttyS0 panic=-1 quiet pci=noearly" --memory 256 --timeout 600 \\
        --sound $LAB_OUT/$board.raw > $LAB_OUT/$board.log 2>&1
done
"""


def played(path):
    """The left side's samples, between the silence before and after."""
    samples = array.array("h")
    with open(path, "rb") as file:
        samples.frombytes(file.read())
    left = samples[::2]
    loud = [place for place, sample in enumerate(left) if sample != 0]
    return (left[loud[0]:loud[-1] + 1], samples[1::2][loud[0]:loud[-1] + 1]) if loud else ([], [])


class Sound(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        out = cls.folder.name
        try:
            kernel, _ = lab.kernel()
            contents = linux_guest.files(SCRIPT, MODULES)
            with open(BUILD + "/tests/guests/tone", "rb") as file:
                contents["bin/tone"] = (0o100755, file.read())
            lab.write_cpio(out + "/guest-initrd", contents)
            with open(out + "/run.sh", "w", encoding="utf-8") as file:
                file.write(RUN.format(project=lab.PROJECT, build=BUILD, kernel=kernel))
            cls.code, cls.text = lab.run(["sh", "/tmp/lab/run.sh"], timeout=1300, out=out)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def each_board(self):
        for board in ("q35", "i440fx"):
            path = f"{self.folder.name}/{board}.log"
            if not os.path.exists(path):
                self.fail(f"the lab left no {board}.log: {self.text}")
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            yield board, text

    def test_the_driver_knows_the_card(self):
        for _, text in self.each_board():
            self.assertIn("HDA Intel", text)
            self.assertRegex(text, r"Codec: \S.*\s+Address: 0")
            self.assertIn("GUEST control Master Playback Volume", text)

    def test_the_tone_is_heard_without_a_gap(self):
        for board, text in self.each_board():
            left, right = played(f"{self.folder.name}/{board}.raw")
            print(f"{board}: {len(left)} frames; {re.findall('GUEST played.*', text)}")
            self.assertGreater(len(left), SECONDS * RATE * 0.9, text)
            self.assertEqual(list(left), list(right))
            # Until the driver stops it, the card goes on with what stands in the rest of the ring.
            self.assertLess(len(left), SECONDS * RATE + 2 * PERIOD)
            left = left[:SECONDS * RATE]
            ups = [i for i in range(1, len(left)) if left[i - 1] < 0 <= left[i]]
            # Every wave is as long as every other: nothing is missing, nothing comes twice.
            lengths = {b - a for a, b in zip(ups, ups[1:])}
            self.assertEqual(lengths, {RATE // TONE})
            self.assertGreater(max(left), 15000)

    def test_it_takes_as_long_as_it_should(self):
        for _, text in self.each_board():
            found = re.search(r"GUEST played (\d+) s in ([\d.]+) s with (\d+) underruns", text)
            self.assertTrue(found, text)
            self.assertAlmostEqual(float(found.group(2)), SECONDS, delta=SECONDS * 0.1)
            self.assertEqual(found.group(3), "0")

    def test_the_microphone_is_recorded(self):
        for _, text in self.each_board():
            found = re.search(r"GUEST recorded ([\d.]+) Hz, loudest (\d+)", text)
            self.assertTrue(found, text)
            self.assertAlmostEqual(float(found.group(1)), 1000, delta=20)
            self.assertGreater(int(found.group(2)), 7000)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    options, rest = parser.parse_known_args()
    BUILD = os.path.abspath(options.build)
    unittest.main(argv=[sys.argv[0]] + rest)
