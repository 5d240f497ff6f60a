#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk on the machine's USB controller in the KVM lab with Linux' own driver: it is of USB 3, holds what is
written, is flushed when the guest says so, and goes on from a saved state in the middle of its work.

    test_usb_disk.py --build FOLDER
"""

import re

import lab
from disk_case import OPTIONS, DiskCase, main

MODULES = ["xhci_pci", "usbhid", "hid_generic", "usb_storage", "sd_mod", "crct10dif_generic"]
MIB = 16
SCRIPT = f"""
for i in $(seq 200); do [ -b /dev/sda ] && break; sleep 0.1; done
for device in /sys/bus/usb/devices/*; do
    [ -e $device/product ] && echo "GUEST usb $(cat $device/speed) $(cat $device/product), $(cat $device/version), $(cat $device/serial)"
done
echo "GUEST bytes $(($(cat /sys/block/sda/size) * 512)) removable $(cat /sys/block/sda/removable)"
echo "GUEST at once $(cat /sys/block/sda/queue/max_sectors_kb)"
echo "GUEST cache $(cat /sys/block/sda/queue/write_cache)"
dd if=/dev/urandom of=/pattern bs=1M count={MIB} 2> /dev/null
check() {{
    echo 3 > /proc/sys/vm/drop_caches
    dd if=/dev/sda bs=1M skip=$1 count={MIB} 2> /dev/null | cmp - /pattern && echo "GUEST $2 good"
}}
dd if=/pattern of=/dev/sda bs=1M conv=fsync 2> /dev/null && check 0 first
# The machine is saved while this goes on.
(for i in $(seq 30); do dd if=/pattern of=/dev/sda bs=1M seek={MIB} oflag=direct 2> /dev/null || echo "GUEST lost $i"
    [ $i = 2 ] && echo "GUEST ready"; done; echo finished > /finished) &
for i in $(seq 2400); do [ -e /finished ] && break; sleep 0.2; done
check {MIB} second
check 0 third
dd if=/pattern of=/dev/sda bs=100k seek=400 conv=fsync 2> /dev/null
echo "GUEST pattern $(md5sum < /pattern)"
sync
dmesg | grep -i -E "usb .*reset|(sd|usb|scsi).*error|I/O error|timed out" | sed "s/^/GUEST trouble /"
"""
RUN = """
cd {project}
truncate -s 64M /run/usb.img
run() {{
    {build}/tests/vm_runner --kernel {kernel} --initrd $LAB_OUT/guest-initrd --usb-disk /run/usb.img --pointer usb \\
        --append "console=ttyS0 panic=-1 quiet pci=noearly" --memory 384 --timeout 800 "$@"
}}
run --until "GUEST ready" --save /run/state > $LAB_OUT/before.log 2>&1 || exit 1
run --restore /run/state > $LAB_OUT/after.log 2>&1
code=$?
dd if=/run/usb.img bs=100k skip=400 count={parts} 2> /dev/null | head -c {bytes} | md5sum > $LAB_OUT/image.md5
exit $code
"""


class UsbDisk(DiskCase):
    script = SCRIPT
    modules = MODULES
    limit = 1700

    @classmethod
    def commands(cls, kernel):
        return RUN.format(project=lab.PROJECT, build=OPTIONS.build, kernel=kernel, bytes=MIB << 20,
                          parts=(MIB << 20) // (100 << 10) + 1)

    def test_the_guest_came_to_its_end(self):
        self.check_end()
        self.assertNotIn("GUEST lost", self.text)

    def test_linux_knows_the_disk(self):
        self.assertRegex(self.text, r"GUEST usb 5000 USB Disk, +3\.00, TEST")
        self.assertIn(f"GUEST bytes {64 << 20} removable 0", self.text)
        self.assertIn("GUEST at once 1024", self.text)  # 1 MiB a command, which USB 2.0 has not
        self.assertIn("GUEST cache write back", self.text)

    def test_it_holds_what_was_written_also_over_a_saved_state(self):
        for when in ("first", "second", "third"):
            self.assertIn(f"GUEST {when} good", self.text)
        pattern = re.search(r"GUEST pattern ([0-9a-f]{32})", self.text)[1]
        self.assertTrue(self.file("image.md5").startswith(pattern), self.text)


if __name__ == "__main__":
    main()
