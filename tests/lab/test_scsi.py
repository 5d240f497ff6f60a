#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtio-scsi controller in the KVM lab with Linux' own drivers: its disk holds what is written, also
over a saved state, and gives back what the guest discards; the disc in its drive is read, changed and
taken out from outside.

    test_scsi.py --build FOLDER
"""

import re

import lab
from disk_case import OPTIONS, DiskCase, main

MODULES = ["virtio_pci", "virtio_scsi", "crct10dif_generic", "sd_mod", "sr_mod"]
MIB = 16
DISCS = {"first": 1000, "second": 1500}  # blocks of 2 KiB
SCRIPT = f"""
for i in $(seq 100); do [ -b /dev/sda ] && [ -b /dev/sr0 ] && break; sleep 0.1; done
queue=/sys/block/sda/queue
echo "GUEST disk $(cat /sys/block/sda/device/vendor) $(cat /sys/block/sda/device/model)"
echo "GUEST serial $(tail -c +5 /sys/block/sda/device/vpd_pg80)"
echo "GUEST bytes $(($(cat /sys/block/sda/size) * 512))"
echo "GUEST discard $(cat $queue/discard_max_bytes)"
echo "GUEST cache $(cat $queue/write_cache)"
dd if=/dev/urandom of=/pattern bs=1M count={MIB} 2> /dev/null
write() {{
    for part in 0 1 2 3; do
        dd if=/pattern of=/dev/sda bs=64k skip=$((part * 64)) seek=$((part * 64 + $1)) count=64 conv=fsync 2> /dev/null &
    done
    wait
}}
check() {{
    echo 3 > /proc/sys/vm/drop_caches
    dd if=/dev/sda bs=64k skip=$1 count=$(({MIB} * 16)) 2> /dev/null | cmp - /pattern && echo "GUEST $2 good"
}}
disc() {{
    dd if=/dev/sr0 bs=2k of=/disc 2> /dev/null && echo "GUEST disc $(md5sum < /disc)"
}}
write 0
check 0 before
disc
echo "GUEST ready"
sleep 3
check 0 after
write $(({MIB} * 16))
check $(({MIB} * 16)) again
echo "GUEST wants another disc"
for i in $(seq 600); do
    dd if=/dev/sr0 bs=2k count=1 of=/dev/null 2> /dev/null
    [ $(cat /sys/block/sr0/size) = {4 * DISCS["second"]} ] && break
    sleep 0.1
done
disc
echo "GUEST wants no disc"
for i in $(seq 600); do
    dd if=/dev/sr0 bs=2k count=1 of=/dev/null 2> /dev/null || {{ echo "GUEST drive is empty"; break; }}
    sleep 0.1
done
echo "GUEST pattern $(md5sum < /pattern)"
blkdiscard -o 0 -l $(({MIB} << 20)) /dev/sda && echo "GUEST discarded"
sync
dmesg | grep -E "sd[a ].*(rror|abort|reset)|virtio_scsi.*(rror|abort|reset)" | sed "s/^/GUEST trouble /"
"""
RUN = """
cd {project}
truncate -s 64M /run/scsi.img
dd if=/dev/urandom of=/run/first.iso bs=2k count={first} 2> /dev/null
dd if=/dev/urandom of=/run/second.iso bs=2k count={second} 2> /dev/null
md5sum /run/first.iso /run/second.iso > $LAB_OUT/discs
mkfifo /run/orders
run() {{
    {build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --scsi-disk /run/scsi.img \\
        --scsi-cdrom /run/first.iso --cpus 2 --append "console=ttyS0 panic=-1 quiet pci=noearly" --memory 384 \\
        --timeout 600 "$@"
}}
run --until "GUEST ready" --save /run/state > $LAB_OUT/before.log 2>&1 || exit 1
run --restore /run/state --commands < /run/orders > $LAB_OUT/after.log 2>&1 &
machine=$!
exec 3> /run/orders
answer() {{
    for i in $(seq 3000); do
        grep -q "GUEST wants $1" $LAB_OUT/after.log && break
        sleep 0.2
    done
    echo "force 1 $2" >&3 # the guest, which looks all the time, has locked the tray while it does
}}
answer "another disc" /run/second.iso
answer "no disc" none
wait $machine
code=$?
dd if=/run/scsi.img bs=1M skip={mib} count={mib} 2> /dev/null | md5sum > $LAB_OUT/image.md5
dd if=/run/scsi.img bs=1M count={mib} 2> /dev/null | tr -d '\\0' | wc -c > $LAB_OUT/left
du -k /run/scsi.img | cut -f1 > $LAB_OUT/kept
exit $code
"""


class Scsi(DiskCase):
    script = SCRIPT
    modules = MODULES

    @classmethod
    def commands(cls, kernel):
        return RUN.format(project=lab.PROJECT, build=OPTIONS.build, kernel=kernel, mib=MIB, **DISCS)

    def test_the_guest_came_to_its_end(self):
        self.check_end()

    def test_linux_knows_the_disk(self):
        self.assertRegex(self.text, r"GUEST disk VITRINE +Disk")
        self.assertIn("GUEST serial TEST", self.text)
        self.assertIn(f"GUEST bytes {64 << 20}", self.text)
        self.assertIn("GUEST cache write back", self.text)
        self.assertGreater(int(re.search(r"GUEST discard (\d+)", self.text)[1]), 0)

    def test_it_holds_what_was_written_also_over_a_saved_state(self):
        for when in ("before", "after", "again"):
            self.assertIn(f"GUEST {when} good", self.text)
        pattern = re.search(r"GUEST pattern ([0-9a-f]{32})", self.text)[1]
        self.assertTrue(self.file("image.md5").startswith(pattern), self.text)

    def test_discs_are_read_and_changed(self):
        expected = [line.split()[0] for line in self.file("discs").splitlines()]
        self.assertEqual(re.findall(r"GUEST disc ([0-9a-f]{32})", self.text), expected)
        self.assertIn("GUEST drive is empty", self.text)

    def test_what_is_discarded_is_given_back(self):
        self.assertIn("GUEST discarded", self.text)
        self.assertEqual(self.file("left").strip(), "0")
        self.assertLess(int(self.file("kept")), (MIB + 1) * 1024)


if __name__ == "__main__":
    main()
