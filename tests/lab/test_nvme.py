#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An NVMe disk in the KVM lab with Linux' own driver: it is found, holds what is written from several
processors at once, goes on from a saved state, and gives back what the guest discards.

    test_nvme.py --build FOLDER
"""

import re

import lab
from disk_case import OPTIONS, DiskCase, main

MODULES = ["nvme", "crct10dif_generic"]
MIB = 16
SCRIPT = f"""
for i in $(seq 100); do [ -b /dev/nvme0n1 ] && break; sleep 0.1; done
nvme=/sys/class/nvme/nvme0
echo "GUEST model $(cat $nvme/model)"
echo "GUEST serial $(cat $nvme/serial)"
echo "GUEST bytes $(($(cat /sys/block/nvme0n1/size) * 512))"
echo "GUEST discard $(cat /sys/block/nvme0n1/queue/discard_max_bytes) zeroes $(cat /sys/block/nvme0n1/queue/write_zeroes_max_bytes)"
echo "GUEST cache $(cat /sys/block/nvme0n1/queue/write_cache)"
dd if=/dev/urandom of=/pattern bs=1M count={MIB} 2> /dev/null
write() {{
    for part in 0 1 2 3; do
        dd if=/pattern of=/dev/nvme0n1 bs=64k skip=$((part * 64)) seek=$((part * 64 + $1)) count=64 conv=fsync 2> /dev/null &
    done
    wait
}}
check() {{
    echo 3 > /proc/sys/vm/drop_caches
    dd if=/dev/nvme0n1 bs=64k skip=$1 count=$(({MIB} * 16)) 2> /dev/null | cmp - /pattern && echo "GUEST $2 good"
}}
write 0
check 0 first
echo "GUEST ready"
sleep 3
check 0 second
write $(({MIB} * 16))
check $(({MIB} * 16)) third
grep nvme0q /proc/interrupts | sed "s/^/GUEST interrupts /"
echo "GUEST pattern $(md5sum < /pattern)"
blkdiscard -o 0 -l $(({MIB} << 20)) /dev/nvme0n1 && echo "GUEST discarded"
sync
dmesg | grep -E "nvme.*(timeout|error|abort|I/O)" | sed "s/^/GUEST trouble /"
"""
RUN = """
cd {project}
truncate -s 64M /run/nvme.img
run() {{
    {build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --nvme-disk /run/nvme.img --cpus 2 \\
        --append "console=ttyS0 panic=-1 quiet pci=noearly" --memory 384 --timeout 600 --board {board} "$@"
}}
run --until "GUEST ready" --save /run/state > $LAB_OUT/before.log 2>&1 || exit 1
run --restore /run/state > $LAB_OUT/after.log 2>&1
code=$?
dd if=/run/nvme.img bs=1M skip={mib} count={mib} 2> /dev/null | md5sum > $LAB_OUT/image.md5
dd if=/run/nvme.img bs=1M count={mib} 2> /dev/null | tr -d '\\0' | wc -c > $LAB_OUT/left
du -k /run/nvme.img | cut -f1 > $LAB_OUT/kept
exit $code
"""


class Nvme(DiskCase):
    board = "q35"
    script = SCRIPT
    modules = MODULES

    @classmethod
    def commands(cls, kernel):
        return RUN.format(project=lab.PROJECT, build=OPTIONS.build, kernel=kernel, board=cls.board, mib=MIB)

    def test_the_guest_came_to_its_end(self):
        self.check_end()

    def test_linux_knows_the_disk(self):
        self.assertIn("GUEST model Vitrine NVMe Disk", self.text)
        self.assertIn("GUEST serial TEST", self.text)
        self.assertIn(f"GUEST bytes {64 << 20}", self.text)
        self.assertIn("GUEST cache write back", self.text)
        for size in re.search(r"GUEST discard (\d+) zeroes (\d+)", self.text).groups():
            self.assertGreater(int(size), 0, self.text)

    def test_both_processors_have_a_queue(self):
        used = set(re.findall(r"GUEST interrupts .*nvme0q(\d+)", self.text))
        self.assertGreaterEqual(len(used), 3, self.text)  # the admin's and one each

    def test_it_holds_what_was_written_also_over_a_saved_state(self):
        for when in ("first", "second", "third"):
            self.assertIn(f"GUEST {when} good", self.text)
        pattern = re.search(r"GUEST pattern ([0-9a-f]{32})", self.text)[1]
        self.assertTrue(self.file("image.md5").startswith(pattern), self.text)

    def test_what_is_discarded_is_given_back(self):
        self.assertIn("GUEST discarded", self.text)
        self.assertEqual(self.file("left").strip(), "0")
        self.assertLess(int(self.file("kept")), (MIB + 1) * 1024)


if __name__ == "__main__":
    main()
