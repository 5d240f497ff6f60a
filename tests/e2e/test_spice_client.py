#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless machine's screen by TCP, for a SPICE client that is not ours: remote-viewer shows it to
the pixel and types into it, in the clear and by TLS, with the machine's password only."""
import os
import pathlib
import socket

import case
import guests
from desktop import wait_until
from picture import Picture

GUEST = guests.GRUB
ENGINE = os.environ.get("VITRINE_E2E_ENGINE", "qemu")
PASSWORD = "corréct horse"
# A KVM that only emulates draws the menu anew in up to a minute.
PATIENCE = 120 if ENGINE == "kvm" else 30


class SpiceClient(case.DesktopCase):
    def start(self, *settings):
        name = self.product.create(GUEST)
        self.product.ctl("modifyvm", name, "--engine", ENGINE, "--vrde", "on", *settings)
        self.product.start(name, "headless")
        self.product.wait_for_guest(name, GUEST)
        return name

    def guest_picture(self, name):
        path = self.desktop.stage.temporary / "spice-guest.png"
        self.product.ctl("controlvm", name, "screenshotpng", path)
        return Picture.from_file(path)

    def view(self, lines):
        """remote-viewer by a connection file, as a web page would hand it out."""
        path = self.desktop.stage.temporary / "machine.vv"
        path.write_text("[virt-viewer]\ntype=spice\n" + "".join(f"{line}\n" for line in lines),
                        encoding="utf-8")
        return self.desktop.run(["remote-viewer", "--zoom=100", path])

    def is_shown(self, name):
        """The guest's screen of this moment is somewhere on the desktop, pixel for pixel."""
        guest = self.guest_picture(name)
        return self.desktop.look().find(guest)

    def type_and_see(self, name):
        """Shows the same and takes keys: the guest's own screen tells, not the viewer's."""
        self.desktop.move(5, 5)  # the pointer is no pixel of the guest's
        place = wait_until(lambda: self.is_shown(name), 60, "the guest's screen in remote-viewer")
        before = self.guest_picture(name)
        self.desktop.click(place[0] + before.width // 2, place[1] + before.height // 2)
        self.desktop.keys(GUEST.keys[0][0])
        self.desktop.move(5, 5)
        wait_until(lambda: self.guest_picture(name).changed(before) >= GUEST.keys[0][1], PATIENCE,
                   "the guest to see the key")
        wait_until(lambda: self.is_shown(name), 30, "remote-viewer to show what became of it")

    def test_with_password(self):
        name = self.start("--vrde-property", f"SPICEPassword={PASSWORD}")
        info = self.product.info(name)
        self.assertEqual(info["vrde"], "on")
        port = int(info["vrdeport"])
        self.assertGreater(port, 1023)

        # Nobody can read the password from the outside.
        for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.assertNotIn(PASSWORD.encode(), process.read_bytes())
            except (FileNotFoundError, ProcessLookupError):
                pass
        file = pathlib.Path(info["CfgFile"])
        self.assertEqual(file.stat().st_mode & 0o077, 0, f"others may read {file}")

        wrong = self.view(["host=127.0.0.1", f"port={port}", "password=wrong"])
        self.assertKeeps(lambda: not self.is_shown(name), 3, "a wrong password shows the screen")
        self.desktop.stop(wrong)
        self.view(["host=127.0.0.1", f"port={port}", f"password={PASSWORD}"])
        self.type_and_see(name)

    def test_encrypted(self):
        name = self.start("--vrde-property", "Security/Method=TLS")
        info = self.product.info(name)
        port = int(info["vrdeport"])
        with socket.create_connection(("127.0.0.1", port), 10) as plain:
            plain.settimeout(10)
            plain.sendall(b"REDQ" + bytes(12))  # a SPICE client without TLS
            try:
                self.assertNotIn(b"REDQ", plain.recv(64))
            except (ConnectionError, socket.timeout):
                pass
        folder = pathlib.Path(info["CfgFile"]).parent / "spice-tls"
        authority = (folder / "ca-cert.pem").read_text(encoding="ascii").replace("\n", "\\n")
        self.view(["host=127.0.0.1", f"tls-port={port}", f"ca={authority}"])
        self.type_and_see(name)

    def test_own_window(self):
        """The manager opens a plain address: a wrong password, then the right one."""
        name = self.start("--vrde-property", "SPICEPassword=horse")
        port = int(self.product.info(name)["vrdeport"])
        self.product.manager(f"spice://127.0.0.1:{port}")
        asked = self.desktop.wait_for_window("^Password ", 60)
        self.desktop.activate(asked)
        self.desktop.type("mule")
        self.desktop.keys("Return")
        self.desktop.activate(wait_until(
            lambda: (again := self.desktop.find_window("^Password ")) != asked and again, 60,
            "the question to come again"))
        self.assertFalse(self.is_shown(name), "a wrong password shows the screen")
        self.desktop.screenshot("wrong-password")
        self.desktop.type("horse")
        self.desktop.keys("Return")
        window = self.desktop.wait_for_window(f"127.0.0.1:{port}", 30)
        self.desktop.activate(window)
        self.type_and_see(name)
        self.desktop.screenshot("own-window")
        last = self.guest_picture(name)
        self.product.power_off(name)
        wait_until(lambda: not self.desktop.look().find(last), 30,
                   "the window to drop the picture of a machine that is off")
        self.desktop.screenshot("server-gone")

    def test_taken_port(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen(1)
            port = other.getsockname()[1]
            name = self.product.create(GUEST)
            self.product.ctl("modifyvm", name, "--engine", ENGINE, "--vrde", "on", "--vrde-port",
                             port)
            done = self.desktop.attempt("vitrinectl", "startvm", name, "--type", "headless",
                                        timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(port), done.stderr)
        self.assertIn("--vrde-port", done.stderr)
        self.product.start(name, "headless")  # the port is free again
        self.assertEqual(int(self.product.info(name)["vrdeport"]), port)

    def test_not_for_everybody(self):
        name = self.product.create(GUEST)
        done = self.desktop.attempt("vitrinectl", "modifyvm", name, "--vrde", "on",
                                    "--vrde-address", "0.0.0.0")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("password", done.stderr)
        self.assertEqual(self.product.info(name)["vrde"], "off")


if __name__ == "__main__":
    case.run(GUEST.medium)
