# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands inside a guest, by the QEMU agent that runs there and `vitrinectl guestcontrol`: what a
test knows of a guest without looking at its screen."""
import base64
import subprocess

from desktop import wait_until


class GuestShell:
    """The desktop disk's user, on his screen (tests/media/make_desktop_disk.sh)."""

    def __init__(self, product, name, timeout=180):
        self.product, self.name = product, name
        wait_until(lambda: self._call("true").returncode == 0, timeout,
                   "the QEMU agent in the guest", every=2)

    def _call(self, line, timeout=90):
        return subprocess.run(
            ["vitrinectl", "guestcontrol", self.name, "run", "--", "/bin/su", "-s", "/bin/sh",
             "-c", line, "user"], env=self.product.desktop.environment, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=timeout)

    def run(self, command, data=b"", check=True, timeout=90):
        """Runs a line of shell as the desktop's user with `data` (some 60 KB at most) as its input;
        returns what it prints, as bytes."""
        line = "export DISPLAY=:0 XAUTHORITY=/home/user/.Xauthority; cd; "
        if data:
            line += f"echo {base64.b64encode(data).decode()} | base64 -d | ( {command} )"
        else:
            line += command
        done = self._call(line, timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{command} failed in the guest: {done}")
        return done.stdout

    def text(self, command, **options):
        return self.run(command, **options).decode(errors="replace").strip()
