#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real desktop with a real spice-vdagent in a machine window: the clipboard goes across both ways
and only as far as the switch allows, the resolution follows the window, files arrive."""
import hashlib
import re

import case
import guests
from desktop import wait_until
from guest_shell import GuestShell
from picture import Picture

GUEST = guests.DESKTOP
PASTE = 60  # seconds; software emulation takes its time


class Agent(case.DesktopCase):
    def boot(self, *settings):
        name = self.product.create(GUEST)
        self.product.ctl("modifyvm", name, "--clipboard-mode", "bidirectional",
                         "--drag-and-drop", "hosttoguest", *settings)
        window = self.product.start(name)
        window.wait_for(GUEST)
        self.guest = GuestShell(self.product, name)
        window.focus()
        wait_until(lambda: self.agent_state(window).endswith("is there."), 120,
                   "the SPICE agent in the guest", every=1)
        return name, window

    def agent_state(self, window):
        button = window.find("push button.*|button.*|toggle button", "Shared clipboard: .*")
        return button.description

    # -- clipboards

    def copy_here(self, content, kind="UTF8_STRING"):
        """Until another program copies something, as on any X desktop."""
        path = self.desktop.stage.temporary / "copied"
        path.write_bytes(content)
        self.desktop.run(["xclip", "-quiet", "-selection", "clipboard", "-t", kind, "-i", path])

    def paste_here(self, kind="UTF8_STRING"):
        import subprocess
        done = subprocess.run(["xclip", "-selection", "clipboard", "-t", kind, "-o"],
                              env=self.desktop.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=30)
        return done.stdout

    def copy_there(self, content, kind="UTF8_STRING"):
        self.guest.run("cat >copied", content)
        self.guest.run(f"xclip -selection clipboard -t {kind} -i copied >/dev/null 2>&1")

    def paste_there(self, kind="UTF8_STRING"):
        return self.guest.run(f"timeout 20 xclip -selection clipboard -t {kind} -o", check=False)

    def wait_for_paste(self, paste, content, what):
        last = [None]

        def arrived():
            last[0] = paste()
            return last[0] == content
        try:
            wait_until(arrived, PASTE, what, every=0.5)
        except AssertionError:
            print(f"instead there was {last[0][:200]!r}")
            raise

    def picture(self):
        """A PNG of a few colors."""
        path = self.desktop.stage.temporary / "picture.png"
        self.desktop.tool("convert", "-size", "60x40", "gradient:red-blue", path)
        return path.read_bytes()

    def test_the_clipboard_goes_both_ways(self):
        name, window = self.boot()
        words = "Gr\u00fc\u00dfe vom Gastgeber\nund eine zweite Zeile".encode()
        self.copy_here(words)
        self.wait_for_paste(self.paste_there, words, "the guest to paste this desktop's text")
        self.desktop.screenshot("clipboard")
        words = "Antwort aus dem Gast: \u00e4\u00f6\u00fc \u20ac".encode()
        self.copy_there(words)
        self.wait_for_paste(self.paste_here, words, "this desktop to paste the guest's text")
        # And back again: whoever copied last has both.
        self.copy_here(b"third")
        self.wait_for_paste(self.paste_there, b"third", "the guest to paste the newer text")

        png = self.picture()
        self.copy_here(png, "image/png")
        self.wait_for_paste(lambda: self.paste_there("image/png"), png, "the guest to paste a PNG")
        self.copy_there(png, "image/png")
        self.wait_for_paste(lambda: self.paste_here("image/png"), png, "a PNG from the guest")

        # 16 MiB each way, told by their sum.
        large = b"0123456789abcdef" * (1 << 20)
        total = hashlib.sha256(large).hexdigest()
        self.copy_here(large)
        wait_until(lambda: self.guest.text(
            "timeout 50 xclip -selection clipboard -t UTF8_STRING -o | sha256sum", check=False,
            timeout=90).startswith(total), 180, "16 MiB to reach the guest", every=1)
        self.guest.run("for i in $(seq 16); do head -c 1048576 /dev/zero | tr '\\0' $(printf "
                       "'%x' $((i - 1))); done >large; xclip -selection clipboard -t UTF8_STRING "
                       "-i large >/dev/null 2>&1")
        total = hashlib.sha256(b"".join(b"%x" % i * (1 << 20) for i in range(16))).hexdigest()
        wait_until(lambda: hashlib.sha256(self.paste_here()).hexdigest() == total, 180,
                   "16 MiB from the guest", every=1)

        # The switch.
        self.copy_here(b"before")
        self.wait_for_paste(self.paste_there, b"before", "the text before the switch")
        self.product.ctl("controlvm", name, "clipboard", "mode", "guesttohost")
        self.assertEqual(self.product.info(name)["clipboard"], "guesttohost")
        self.copy_here(b"a secret")
        self.assertKeeps(lambda: self.paste_there() != b"a secret", 5,
                         "with the direction off nothing reaches the guest")
        self.copy_there(b"from the guest")
        self.wait_for_paste(self.paste_here, b"from the guest", "the direction that is on")
        self.product.ctl("controlvm", name, "clipboard", "mode", "disabled")
        self.copy_there(b"nothing anymore")
        self.assertKeeps(lambda: self.paste_here() == b"", 5, "off is off")
        # The user's own switch, in the status bar.
        window.find("push button.*|button.*|toggle button", "Shared clipboard: Off").click()
        window.find("menu item|check menu item|radio menu item", "Both Ways").click()
        wait_until(lambda: self.product.info(name)["clipboard"] == "bidirectional", 20,
                   "the status bar's menu to switch the clipboard on")
        self.wait_for_paste(self.paste_here, b"nothing anymore", "what was held back")
        self.product.power_off(name)

    # -- resolution

    def mode(self):
        """The guest's resolution as its X server says it."""
        match = re.search(r"current (\d+) x (\d+)", self.guest.text("xrandr"))
        return int(match[1]), int(match[2])

    def test_the_resolution_follows_the_window(self):
        name, window = self.boot()
        for width, height in ((1100, 800), (903, 651), (1400, 1000)):
            self.desktop.tool("xdotool", "windowsize", "--sync", window.number, width, height)

            def fits():
                _, _, room_width, room_height = window.screen.rectangle
                return self.mode() == (room_width // 8 * 8, room_height)
            wait_until(fits, PASTE, f"the guest to follow a window of {width}x{height}", every=0.5)
            _, _, now_width, now_height = self.desktop.geometry(window.number)
            self.assertEqual((now_width, now_height), (width, height), "the window stays")
        # Every pixel of the guest's is one of the window's.
        path = self.desktop.stage.temporary / "guest.png"

        def same():
            self.product.ctl("controlvm", name, "screenshotpng", path)
            guest = Picture.from_file(path)
            seen = window.look()
            return (seen.width, seen.height) == (guest.width, guest.height) \
                and seen.changed(guest) <= 400  # a blinking cursor
        wait_until(same, 30, "the window to show the guest's pixels", every=0.5)
        self.desktop.screenshot("resized")

        # Switched off, the guest keeps what it has.
        window.menu("View", "Auto-resize Guest Display.*")
        before = self.mode()
        self.desktop.tool("xdotool", "windowsize", "--sync", window.number, 1000, 700)
        self.assertKeeps(lambda: self.mode() == before, 4, "the guest is left alone")
        window.menu("View", "Auto-resize Guest Display.*")
        wait_until(lambda: self.mode() != before, PASTE, "the guest to follow again", every=0.5)
        self.product.power_off(name)

    # -- files

    def choose_file(self, window, path):
        window.menu("Devices", "Drag and Drop", "Copy Files to the Guest.*")
        self.desktop.wait_for_window("^Copy Files to the Guest", 20)
        self.desktop.type(str(path))
        self.desktop.keys("Return")
        self.desktop.wait_for_no_window("^Copy Files to the Guest")

    def test_files_arrive(self):
        name, window = self.boot()
        content = bytes(range(256)) * 40_000
        path = self.desktop.stage.home / "some file.bin"
        path.write_bytes(content)
        self.choose_file(window, path)
        total = hashlib.sha256(content).hexdigest()
        wait_until(lambda: self.guest.text("sha256sum < 'Downloads/some file.bin'", check=False)
                   .startswith(total), 120, "the file to arrive whole", every=1)

        # One that is called off leaves nothing half.
        huge = self.desktop.stage.home / "huge.bin"
        with open(huge, "wb") as file:
            file.truncate(1 << 30)
        self.choose_file(window, huge)
        import widgets
        window.find("push button|button", "Cancel", 30).press()
        wait_until(lambda: not widgets.find_all(self.desktop, "push button|button", "Cancel",
                                                window.pid), 30, "the copy to be called off")
        wait_until(lambda: "huge" not in self.guest.text("ls Downloads"), 60,
                   "the guest's half file to go", every=1)
        self.product.power_off(name)


if __name__ == "__main__":
    case.run(GUEST.medium)
