# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands inside a guest, by the QEMU agent that runs there: what a test knows of a guest without
looking at its screen. The machine's process is the agent's one client, so this asks on its control
socket (engine/control/control_protocol.h: guest.execute)."""
import base64
import json
import socket
import time

from desktop import wait_until

PAUSE = 0.1


class GuestShell:
    """The desktop disk's user, on his screen (tests/media/make_desktop_disk.sh)."""

    def __init__(self, product, name, timeout=120):
        uuid = product.info(name)["UUID"]
        self.path = product.desktop.stage.runtime / "vitrine" / uuid / "control"
        self.socket = None
        self.rest = b""
        self.requests = 0
        wait_until(self._connect, timeout, "the QEMU agent in the guest", every=1)

    def _connect(self):
        if self.socket:
            self.socket.close()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.rest = b""
        try:
            self.socket.connect(str(self.path))
            self.call("guest-ping")
            return True
        except (OSError, ValueError, AssertionError):
            return False

    def _request(self, method, params):
        self.requests += 1
        line = {"jsonrpc": "2.0", "id": self.requests, "method": method, "params": params}
        self.socket.sendall(json.dumps(line).encode() + b"\n")
        while True:
            while b"\n" not in self.rest:
                data = self.socket.recv(1 << 20)
                if not data:
                    raise OSError("the machine's process has ended")
                self.rest += data
            line, self.rest = self.rest.split(b"\n", 1)
            answer = json.loads(line)
            if answer.get("id") != self.requests:
                continue  # an event
            if "error" in answer:
                raise AssertionError(f"the agent refused: {answer['error']}")
            return answer["result"]

    def call(self, command, **arguments):
        answer = self._request("guest.execute", {"command": command, "arguments": arguments})
        text = b""
        while "piece" in answer:  # what does not fit in one message
            text += base64.b64decode(answer["piece"])
            if "next" not in answer:
                answer = json.loads(text)
                break
            answer = self._request("guest.more", {"next": answer["next"]})
        return answer["return"]

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
