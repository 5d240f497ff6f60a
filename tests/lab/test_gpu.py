#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtio GPU with Debian's own driver, on the built-in engine in the lab: a console on it, modes
that follow what a window asks for, its cursor, saving and resuming, and several monitors.

    test_gpu.py --build FOLDER
"""

import json
import os
import re
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
import lab_machines  # noqa: E402
import linux_guest  # noqa: E402
from lab_session import quoted  # noqa: E402
from picture import Picture  # noqa: E402

BUILD = ""
MODULES = ["virtio_pci", "virtio_gpu"]
# The tablet makes the pointer the window's; with a mouse the cursor would be in the picture.
WITH_TABLET = MODULES + ["xhci_pci", "usbhid", "hid_generic", "evdev"]
HERE = os.path.dirname(os.path.abspath(__file__))
# Does what is typed at the console, and prints to the serial port. Nothing is typed twice: what the
# console shows is not what the serial port says.
SCRIPT = """
for i in $(seq 100); do [ -e /dev/dri/card0 ] && break; sleep 0.2; done
echo GUEST listens
exec 3< /dev/tty1
while read -r line <&3; do eval "$line"; done 2>&1
"""
# The connectors of a card with four monitors.
LIST = """
for i in $(seq 100); do [ -e /dev/dri/card0 ] && break; sleep 0.2; done
cd /sys/class/drm
for monitor in card0-*; do
    echo "GUEST monitor $monitor $(cat $monitor/status) $(head -n 1 $monitor/modes) $(wc -c < $monitor/edid)"
done
"""


def make_disc(folder):
    files = linux_guest.files(SCRIPT, WITH_TABLET)
    for name in ("pointer", "monitors"):
        with open(f"{BUILD}/tests/guests/{name}", "rb") as program:
            files["bin/" + name] = (stat.S_IFREG | 0o755, program.read())
    lab_machines.make_linux_disc(folder, "gpu", files)


class Gpu(lab_machines.Case):
    LIMIT = 3600

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_disc(cls.session.out)

    def start(self, name, *settings):
        self.machine = lab_machines.Product(self.session, BUILD, name)
        self.machine.modify("--memory", "384", "--graphicscontroller", "vmsvga", "--uart1", "0x3F8", "4",
                            "--uart-mode1", "file", f"/tmp/lab/{name}-serial", *settings)
        self.machine.add_disc("/tmp/lab/gpu.iso")
        self.machine.start()
        self.session.wait(lambda: "GUEST listens" in self.serial(), 900, "the guest's shell")

    def serial(self):
        return self.session.log(self.machine.name + "-serial")

    def guest(self, command, expected, timeout=120):
        """Types it into the guest's shell; what the guest printed until a line with `expected` came."""
        before = len(self.serial())
        self.machine.control("keyboardputstring", command + "\n")
        self.session.wait(lambda: expected in self.serial()[before:], timeout,
                          f"\"{expected}\" after typing \"{command}\"; the guest: {self.serial()}")
        return self.serial()[before:]

    def mode(self, monitor=1):
        """The first of the guest's list for a monitor."""
        said = self.guest(f"head -n 1 /sys/class/drm/card0-Virtual-{monitor}/modes; echo _end_", "_end_")
        found = re.search(r"\d+x\d+", said)
        return found[0] if found else ""

    def screen(self, *size):
        """What a window hears; then it asks for the size."""
        command = quoted("python3", HERE + "/screen_client.py")
        words = " ".join(str(word) for word in size)
        text = self.session.run(f"{command} $XDG_RUNTIME_DIR/vitrine/*/control {words}").text
        return json.loads(text.splitlines()[0])

    def wait_for_picture(self, width, height, what):
        return self.machine.wait_for(
            lambda picture: (picture.width, picture.height) == (width, height), 120, what)

    def shown(self, monitor):
        """The picture on one of several monitors, which count from 0."""
        path = f"heads-{monitor}.png"
        self.machine.control("screenshotpng", "/tmp/lab/" + path, monitor)
        return Picture.from_file(f"{self.session.out}/{path}")

    def test_several_monitors_each_with_its_own_picture(self):
        self.start("heads", "--monitorcount", "3")
        colors = [(0x33, 0x66, 0x99), (0x99, 0x33, 0x33), (0x33, 0x99, 0x33)]

        with self.subTest("the driver finds them"):
            said = self.guest("cat /sys/class/drm/card0-*/status; echo _end_", "_end_")
            self.assertEqual(re.findall(r"^(connected|disconnected)", said, re.MULTILINE), 3 * ["connected"])
            self.assertIn("monitorcount=3", self.machine.ctl("showvminfo", "heads", "--machinereadable").text)

        with self.subTest("each one's mode is what is asked of it"):
            self.machine.control("setvideomodehint", "1024", "768", "32", "1")
            self.session.wait(lambda: "1024x768" in self.mode(2), 200, "the second one's mode")
            self.assertIn("1280x800", self.mode(1))

        with self.subTest("a picture on each"):
            self.guest("monitors & sleep 1", "GUEST monitors lit", 200)
            sizes = [(1280, 800), (1024, 768), (1280, 800)]
            for monitor, color in enumerate(colors):
                picture = self.shown(monitor)
                self.assertEqual((picture.width, picture.height), sizes[monitor], monitor)
                self.assertGreater(picture.share(*color), 0.99, monitor)
                told = self.screen("monitor", monitor)["picture"]
                self.assertEqual((told["width"], told["height"]), sizes[monitor], monitor)

        with self.subTest("a cursor on one"):
            # A USB tablet is asked as long as somebody listens to it, as desktops do.
            self.guest("for e in /dev/input/event*; do cat $e > /dev/null & done; sleep 3; echo _end_", "_end_")
            self.guest("killall monitors; sleep 1; pointer 100 50 2 & sleep 1", "GUEST pointer set")
            self.assertTrue(self.screen("monitor", 2)["cursor"]["visible"])
            self.assertFalse(self.screen("monitor", 0)["cursor"]["visible"])
            self.guest("killall pointer; monitors & sleep 1", "GUEST monitors lit", 200)

        with self.subTest("saved and resumed"):
            self.machine.control("savestate")
            self.machine.start()
            for monitor, color in enumerate(colors):
                self.assertGreater(self.shown(monitor).share(*color), 0.99, monitor)

        with self.subTest("unplugged and plugged in again"):
            # While a program has the card, the kernel looks at its connectors on a word only.
            place = "/sys/class/drm/card0-Virtual-3/status"
            status = f"echo detect > {place}; cat {place}; echo _end_"
            self.machine.control("setvideomodehint", "0", "0", "32", "2", "no")
            self.session.wait(lambda: "disconnected" in self.guest(status, "_end_"), 200, "it to be unplugged")
            self.machine.control("setvideomodehint", "0", "0", "32", "2", "yes")
            self.session.wait(lambda: "disconnected" not in self.guest(status, "_end_"), 200, "it to be back")
            self.assertNotEqual(self.machine.control("setvideomodehint", "0", "0", "32", "0", "no",
                                                     check=False).code, 0)

        with self.subTest("nothing went wrong in the guest"):
            said = self.guest("dmesg | grep -i -E 'drm.*error|virtio_gpu.*(fail|timeout|response)'; echo _end_",
                              "_end_")
            self.assertNotRegex(said, r"(?i)\*ERROR\*|timed out|response 0x12")
        self.machine.power_off()
        self.machine.wait_for_state("poweroff", 60)

    def test_a_machine_from_its_start_to_its_end(self):
        self.start("gpu")
        with self.subTest("the driver takes the card and its monitor's size"):
            said = self.guest("ls /dev/dri; dmesg | grep -i -E 'drm|virtio.gpu|fb0'; echo _end_", "_end_")
            self.assertIn("card0", said)
            self.assertRegex(said, r"virtio_gpu.*initialized|Initialized virtio_gpu")
            self.assertIn("1280x800", self.mode())
            self.assertIn("128", self.guest("wc -c < /sys/class/drm/card0-Virtual-1/edid; echo _end_", "_end_"))
            # No picture of the firmware's is in the way.
            said = self.guest("cat /sys/class/graphics/fb*/name /proc/fb; echo _end_", "_end_")
            self.assertRegex(said, r"virtio_gpu")
            self.assertNotRegex(said, r"(?i)vesa|efi|simple")

        with self.subTest("the console is seen"):
            self.guest("yes '################################' | head -n 40 > /dev/tty1; echo _end_", "_end_")
            picture = self.wait_for_picture(1280, 800, "the console's picture")
            self.machine.keep(picture, "console")
            light = sum(green > 0x60 for row in picture.rows for green in row[1::4])
            self.assertGreater(light, 8000)
            self.assertLess(light, 300000)

        with self.subTest("a window's size is the guest's new mode"):
            update = self.screen(800, 600)
            self.assertTrue(update["takesSize"], update)
            self.assertEqual((update["picture"]["width"], update["picture"]["height"]), (1280, 800))
            self.session.wait(lambda: "800x600" in self.mode(), 200, "the mode 800x600")
            self.machine.keep(self.wait_for_picture(800, 600, "a console of that size"), "small")

        with self.subTest("the guest's cursor is the window's"):
            # A USB tablet is asked as long as somebody listens to it, as desktops do.
            self.guest("for e in /dev/input/event*; do cat $e > /dev/null & done; sleep 3; echo _end_", "_end_")
            self.assertFalse(self.screen()["cursor"]["visible"])
            self.guest("pointer 100 50 & sleep 1", "GUEST pointer set")
            cursor = self.screen()["cursor"]
            self.assertTrue(cursor["visible"], cursor)
            self.assertEqual((cursor["width"], cursor["height"], cursor["pixels"]), (64, 64, "ffff0000"))
            self.assertEqual((cursor["hotX"], cursor["hotY"]), (3, 5))

        with self.subTest("it is saved and goes on"):
            before = self.machine.screenshot()
            self.machine.control("savestate")
            self.assertEqual(self.machine.state(), "saved")
            self.machine.start()
            picture = self.wait_for_picture(800, 600, "the same console")
            # But for the blinking of the text's cursor.
            self.assertLess(picture.changed(before), 2000)
            cursor = self.screen()["cursor"]
            self.assertEqual((cursor["visible"], cursor["pixels"]), (True, "ffff0000"))
            # Who has the card to himself keeps its mode, too; without him the console follows again.
            self.guest("killall pointer; echo _end_", "_end_")
            self.session.wait(lambda: not self.screen()["cursor"]["visible"], 60, "the cursor to go")
            self.screen(640, 480)
            self.session.wait(lambda: "640x480" in self.mode(), 200, "the mode 640x480")
            self.wait_for_picture(640, 480, "a console of that size")

        with self.subTest("nothing went wrong in the guest"):
            said = self.guest("dmesg | grep -i -E 'drm.*error|virtio_gpu.*(fail|timeout|response)'; echo _end_",
                              "_end_")
            self.assertNotRegex(said, r"(?i)\*ERROR\*|timed out|response 0x12")

        with self.subTest("firmware shows its own picture after a reset"):
            self.machine.control("reset")
            self.machine.wait_for(lambda picture: picture.width in (640, 720), 120, "the VGA's picture")
            self.machine.power_off()
            self.machine.wait_for_state("poweroff", 60)

        with self.subTest("four monitors"):
            kernel, _ = linux_guest.write(self.session.out, LIST, MODULES)
            said = self.session.run(quoted(
                BUILD + "/tests/vm_runner", "--kernel", kernel, "--initrd", "/tmp/lab/guest-initrd",
                "--append", "console=ttyS0 panic=-1 quiet pci=noearly", "--memory", "320",
                "--monitors", "4", "--timeout", "500"), 600, check=False).text
            found = re.findall(r"GUEST monitor card0-Virtual-(\d) connected 1280x800 128", said)
            self.assertEqual(found, ["1", "2", "3", "4"], said)


if __name__ == "__main__":
    lab_machines.run_tests(sys.modules[__name__])
