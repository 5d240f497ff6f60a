#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window without a window: what a machine of the built-in engine tells of its screen
(engine/control/display_protocol.h), as one line of JSON. Then it is asked for a size, or the pointer is put
to a place, if any of these is named.

    screen_client.py SOCKET [monitor N] [WIDTH HEIGHT | place X Y]

Without a number (from 0) it is the first monitor.

The cursor's pixels are told as the first one, in hexadecimal.
"""

import base64
import json
import socket
import sys

PATIENCE = 60


def main():
    path, *wish = sys.argv[1:]
    monitor = 0
    if wish[:1] == ["monitor"]:
        monitor, wish = int(wish[1]), wish[2:]
    request = {"jsonrpc": "2.0", "id": 1, "method": "display.open", "params": {"monitor": monitor}}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(path)
        connection.sendall(json.dumps(request).encode() + b"\n")
        text = b""
        while True:
            # Descriptors of the picture's memory come along, and are closed with this process.
            data, _, _, _ = socket.recv_fds(connection, 1 << 16, 8)
            if not data:
                print("the machine closed the connection", text.decode(errors="replace"))
                return 1
            text += data
            *lines, text = text.split(b"\n")
            for line in lines:
                message = json.loads(line)
                if message.get("method") == "display.update":
                    return told(connection, message["params"], wish)


def told(connection, update, wish):
    cursor = update.get("cursor", {})
    if "pixels" in cursor:
        first = base64.b64decode(cursor["pixels"])[:4]
        cursor["pixels"] = f"{int.from_bytes(first, 'little'):08x}"
    print(json.dumps(update))
    connection.sendall(b'{"jsonrpc":"2.0","method":"display.seen","params":{}}\n')
    if wish:
        *place, first, second = wish
        method, names = ("place", "xy") if place else ("size", ("width", "height"))
        params = dict(zip(names, (int(first), int(second))))
        message = {"jsonrpc": "2.0", "method": "display." + method, "params": params}
        connection.sendall(json.dumps(message).encode() + b"\n")
    # All that was sent is read before the end of it.
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(1 << 16):
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
