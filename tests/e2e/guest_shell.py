# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands inside a guest, by the QEMU agent that runs there: what a test knows of a guest without
looking at its screen. Protocol: QEMU's docs/interop/qemu-ga.rst, QMP without a greeting."""
import base64
import json
import os
import socket
import time

from desktop import wait_until

PAUSE = 0.1


class GuestShell:
    """The desktop disk's user, on his screen (tests/media/make_desktop_disk.sh)."""

    def __init__(self, product, name, timeout=120):
        uuid = product.info(name)["UUID"]
        self.path = product.desktop.stage.runtime / "vitrine" / uuid / "agent.sock"
        self.socket = None
        wait_until(self._connect, timeout, "the QEMU agent in the guest", every=1)

    def _connect(self):
        if self.socket:
            self.socket.close()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(5)
        self.rest = b""
        try:
            self.socket.connect(str(self.path))
            # 0xff ends whatever half a request somebody left there.
            self.socket.sendall(b"\xff" + json.dumps(
                {"execute": "guest-sync-delimited", "arguments": {"id": os.getpid()}}).encode())
            while b"\xff" not in self.rest:
                self.rest += self._receive()
            self.rest = self.rest.split(b"\xff", 1)[1]
            return self._answer() == os.getpid()
        except (OSError, ValueError):
            return False

    def _receive(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise OSError("the agent's socket was closed")
        return data

    def _answer(self):
        while b"\n" not in self.rest:
            self.rest += self._receive()
        line, self.rest = self.rest.split(b"\n", 1)
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(f"the agent refused: {answer['error']}")
        return answer["return"]

    def call(self, command, **arguments):
        self.socket.settimeout(60)
        self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        return self._answer()

    def run(self, command, data=b"", check=True, timeout=60):
        """Runs a line of shell as the desktop's user; returns what it prints, as bytes."""
        line = f"export DISPLAY=:0 XAUTHORITY=/home/user/.Xauthority; cd; {command}"
        started = self.call("guest-exec", **{
            "path": "/bin/su", "arg": ["-s", "/bin/sh", "-c", line, "user"],
            "input-data": base64.b64encode(data).decode(), "capture-output": True})
        deadline = time.monotonic() + timeout
        while True:
            status = self.call("guest-exec-status", pid=started["pid"])
            if status["exited"]:
                break
            if time.monotonic() > deadline:
                raise AssertionError(f"{command} does not end in the guest")
            time.sleep(PAUSE)
        output = base64.b64decode(status.get("out-data", ""))
        if check and status.get("exitcode") != 0:
            errors = base64.b64decode(status.get("err-data", "")).decode(errors="replace")
            raise AssertionError(f"{command} failed in the guest: {status} {errors}")
        return output

    def text(self, command, **options):
        return self.run(command, **options).decode(errors="replace").strip()
