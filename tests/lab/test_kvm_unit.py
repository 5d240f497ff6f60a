#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kvm-unit-tests on the built-in engine, in the KVM lab. The suite is in no package: the folder with its
*.flat files is named by the environment variable VITRINE_KVM_UNIT_TESTS, and without it there is nothing
to do.

    test_kvm_unit.py --build FOLDER
"""

import argparse
import glob
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

BUILD = ""
SUITE = os.environ.get("VITRINE_KVM_UNIT_TESTS", "")
PATIENCE = 120  # seconds for one of them
SKIPPED = 77  # what a test says that the processor is too small for
RUN = """
cd {suite}
for test in {names}; do
    {build}/tests/vm_runner --kernel $test --memory 512 --timeout {patience} --debug-port > $LAB_OUT/$test.log 2>&1
done
"""


class KvmUnit(unittest.TestCase):
    def test_all_of_them(self):
        names = sorted(os.path.basename(path) for path in glob.glob(f"{SUITE}/*.flat"))
        self.assertTrue(names, f"there is no *.flat in {SUITE}")
        bad = []
        with tempfile.TemporaryDirectory(prefix="vitrine-lab-") as out:
            script = out + "/run.sh"
            with open(script, "w", encoding="utf-8") as file:
                file.write(RUN.format(suite=os.path.abspath(SUITE), names=" ".join(names), build=BUILD, patience=PATIENCE))
            os.chdir(SUITE)  # where it runs, the lab sees
            lab.run(["sh", "-c", "sh $LAB_OUT/run.sh"], timeout=300 + PATIENCE * len(names), out=out)
            for name in names:
                with open(f"{out}/{name}.log", encoding="utf-8", errors="replace") as file:
                    text = file.read()
                code = re.search(r"^test exit (\d+)", text, re.MULTILINE)
                verdict = int(code[1]) if code else None
                print(f"{name:32} {'no end' if verdict is None else 'skipped' if verdict == SKIPPED else verdict}")
                if verdict not in (0, SKIPPED):
                    bad.append(name)
                    print(text[-1500:])
        self.assertEqual(bad, [])


def main():
    global BUILD
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    arguments, rest = parser.parse_known_args()
    BUILD = os.path.abspath(arguments.build)
    if not SUITE:
        print("VITRINE_KVM_UNIT_TESTS names no folder with kvm-unit-tests")
        sys.exit(lab.SKIP)
    try:
        lab.kernel()
        lab.busybox()
    except lab.NoLab as why:
        print("The KVM lab cannot be had:", why)
        sys.exit(lab.SKIP)
    unittest.main(module="__main__", argv=[sys.argv[0], "-v"] + rest)


if __name__ == "__main__":
    main()
