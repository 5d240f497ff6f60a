#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's hypervisor interface in the KVM lab, judged by Linux' drivers for it: it is found, its clock and
timers are used, processors reach each other by it, and all of that goes on from a saved state.

    test_hyperv.py --build FOLDER
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
CLOCKS = "/sys/devices/system/clocksource/clocksource0"
# The busy ones make the processors call each other: the scheduler by IPI, memory that is unmapped by TLB flushes.
SCRIPT = f"""
tell() {{
    dmesg | grep -E "Hypervisor detected|Hyper-V" | sed "s/^\\[[ 0-9.]*\\] /GUEST $1 kernel /"
    echo "GUEST $1 clocks $(cat {CLOCKS}/available_clocksource)"
    grep -q hyperv {CLOCKS}/available_clocksource && echo $(tr ' ' '\\n' < {CLOCKS}/available_clocksource | grep hyperv) > {CLOCKS}/current_clocksource
    echo "GUEST $1 clock $(cat {CLOCKS}/current_clocksource)"
    grep -E "HVS|HYP" /proc/interrupts | sed "s/^/GUEST $1 interrupts /"
    begin=$(cut -d. -f1 /proc/uptime)
    for i in 1 2 3 4; do (for n in 1 2 3 4 5 6 7 8; do sh -c 'cat /proc/self/maps > /dev/null'; done) & done
    wait
    sleep 3
    echo "GUEST $1 slept $(($(cut -d. -f1 /proc/uptime) - begin))"
}}
tell before
echo "GUEST ready"
sleep 5
tell after
"""
RUN = """
cd {project}
run() {{
    {build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --hyperv --cpus 2 \\
        --append "console=ttyS0 panic=-1 quiet pci=noearly" --memory 320 --timeout 600 "$@"
}}
run --until "GUEST ready" --save /run/state > $LAB_OUT/before.log 2>&1 || exit 1
sleep 10
run --restore /run/state > $LAB_OUT/after.log 2>&1
"""


class HyperV(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        out = cls.folder.name
        try:
            kernel, _ = linux_guest.write(out, SCRIPT)
            with open(out + "/run.sh", "w", encoding="utf-8") as file:
                file.write(RUN.format(project=lab.PROJECT, build=BUILD, kernel=kernel))
            cls.code, cls.text = lab.run(["sh", "/tmp/lab/run.sh"], timeout=1300, out=out)
        except lab.NoLab as why:
            print("The KVM lab cannot be had:", why)
            sys.exit(lab.SKIP)
        for name in ("before", "after"):
            path = f"{out}/{name}.log"
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    cls.text += file.read()
        print(cls.text)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def said(self, when, what):
        return re.findall(rf"GUEST {when} {what} (.*?)\r?$", self.text, re.MULTILINE)

    def test_the_guest_came_to_its_end(self):
        self.assertEqual(self.code, 0, self.text)
        self.assertIn("GUEST done", self.text)

    def test_it_is_found(self):
        kernel = "\n".join(self.said("before", "kernel"))
        self.assertIn("Hypervisor detected: Microsoft Hyper-V", kernel)
        self.assertRegex(kernel, "Hyper-V: privilege flags low 0xa7f, high 0x0, hints 0xe2c")

    def test_its_clock_is_used_before_and_after(self):
        for when in ("before", "after"):
            self.assertRegex(self.said(when, "clock")[0], "^hyperv_clocksource_", self.text)

    def test_time_goes_on(self):
        for when in ("before", "after"):
            self.assertGreaterEqual(int(self.said(when, "slept")[0]), 3, self.text)
            self.assertLess(int(self.said(when, "slept")[0]), 200, self.text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    options, rest = parser.parse_known_args()
    BUILD = os.path.abspath(options.build)
    unittest.main(argv=[sys.argv[0]] + rest)
