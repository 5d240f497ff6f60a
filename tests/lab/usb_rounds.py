# SPDX-License-Identifier: GPL-3.0-or-later
"""As the machine's user, in the lab: a device goes to the guest and comes back again and again, and with it
a stick of files, over one connection to the machine's control socket, as fast as it goes. A vitrinectl for
each step would take most of the time to start.

    usb_rounds.py SOCKET DEVICE ROUNDS [FILE]

Without a file there is no stick.
"""

import json
import socket
import sys


class Control:
    def __init__(self, path):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        self._file = connection.makefile("rw", encoding="utf-8")
        self._number = 0

    def do(self, method, **params):
        """Waits for the answer, which has to be good."""
        self._number += 1
        self._file.write(json.dumps({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}) + "\n")
        self._file.flush()
        for line in self._file:
            answer = json.loads(line)
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer)
                return
        raise AssertionError(f"the machine went during {method}")


def main(path, device, rounds, *files):
    control = Control(path)
    for _ in range(int(rounds)):
        control.do("usb.attach", device=device)
        if files:
            control.do("usb.insertStick", files=list(files))
            control.do("usb.ejectStick")
        control.do("usb.detach", device=device)


if __name__ == "__main__":
    main(*sys.argv[1:])
