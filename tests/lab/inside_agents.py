#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""In the lab: a Linux guest whose agents' ports are sockets here (test_agents.py starts it).

    inside_agents.py BUILD KERNEL INITRD
"""

import base64
import hashlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time

PATIENCE = 400
PIECE = 40 << 10  # of a file, as base64 within what the agent reads at once


class Gone(Exception):
    """The port was closed: the guest has not opened it yet."""


def connected(path, talk):
    """talk(connection), tried again until the guest's program is there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(60)
                connection.connect(path)
                return talk(connection)
        except (Gone, ConnectionError, FileNotFoundError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def exactly(connection, count):
    got = b""
    while len(got) < count:
        piece = connection.recv(min(count - len(got), 1 << 16))
        if not piece:
            raise Gone()
        got += piece
    return got


def desktop(connection):
    """As a window: a word to the guest, and its message back."""
    connection.sendall(b"from the window\n")
    protocol, kind, _, size = struct.unpack("<IIQI", exactly(connection, 20))
    data = exactly(connection, size)
    print("INSIDE message", protocol, kind, size, hashlib.sha256(data).hexdigest(), flush=True)


def guest_agent(connection):
    stream = connection.makefile("rwb")

    def send(command, **arguments):
        stream.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        stream.flush()

    def answer():
        line = stream.readline()
        if not line:
            raise Gone()
        return json.loads(line.lstrip(b"\xff"))

    def do(command, **arguments):
        send(command, **arguments)
        said = answer()
        assert "return" in said, said
        return said["return"]

    # The byte ends whatever the agent was reading, which it may complain of first.
    stream.write(b"\xff")
    token = os.getpid()
    send("guest-sync-delimited", id=token)
    while answer().get("return") != token:
        pass
    do("guest-ping")
    print("INSIDE agent", do("guest-info")["version"], flush=True)
    sent = os.urandom(1 << 20)
    handle = do("guest-file-open", path="/file", mode="w+")
    for start in range(0, len(sent), PIECE):
        do("guest-file-write", handle=handle,
           **{"buf-b64": base64.b64encode(sent[start:start + PIECE]).decode()})
    do("guest-file-seek", handle=handle, offset=0, whence=0)
    back = b""
    while len(back) < len(sent):
        back += base64.b64decode(do("guest-file-read", handle=handle, count=PIECE)["buf-b64"])
    print("INSIDE file", "same" if back == sent else "different", flush=True)
    do("guest-file-close", handle=handle)
    # The guest powers off as soon as it sees this, whether it has answered by then or not.
    send("guest-file-open", path="/done", mode="w")
    try:
        answer()
    except (Gone, ConnectionError):
        pass


def main():
    build, kernel, initrd = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir="/run") as folder:
        with subprocess.Popen(
                [build + "/tests/vm_runner", "--kernel", kernel, "--initrd", initrd, "--append",
                 "console=ttyS0 panic=-1 quiet pci=noearly", "--memory", "256", "--timeout",
                 str(PATIENCE), "--agents", folder]) as machine:
            try:
                connected(folder + "/desktop", desktop)
                connected(folder + "/guest-agent", guest_agent)
                machine.wait(PATIENCE)
            finally:
                machine.kill()
        return machine.returncode


if __name__ == "__main__":
    sys.exit(main())
