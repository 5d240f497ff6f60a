# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_e1000.py: how often a guest leaves for userspace while it gets a file through an
82540EM, and while the card only is there, up and down; on the built-in engine and on QEMU.

    inside_e1000.py BUILD KERNEL
"""

import functools
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading

import inside_traffic

MIB = 32
IDLE = 20
PORT = 8000
OUT = pathlib.Path(os.environ["LAB_OUT"])
LIMIT = 600


def commands(build, kernel):
    boot = "console=ttyS0 panic=-1 quiet pci=noearly"
    return {"ours": [build + "/tests/vm_runner", "--kernel", kernel, "--initrd", OUT / "guest-initrd", "--append", boot,
                     "--memory", "320", "--timeout", str(LIMIT), "--e1000"],
            "qemu": ["qemu-system-x86_64", "-accel", "kvm", "-M", "q35", "-cpu", "host", "-m", "320", "-nodefaults",
                     "-display", "none", "-serial", "stdio", "-no-reboot", "-kernel", kernel,
                     "-initrd", OUT / "guest-initrd", "-append", boot,
                     "-netdev", "user,id=net", "-device", "e1000,netdev=net"]}


def measure(command):
    """What the guest counted and what it cost, by what it was doing: it says when it begins and ends."""
    results, begin, registers = {}, None, None
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace") as machine:
        timer = threading.Timer(LIMIT, machine.kill)
        timer.start()
        for line in machine.stdout:
            print(line, end="", flush=True)
            if found := re.search(r"GUEST registers (0x[0-9a-f]+)", line):
                registers = int(found[1], 16), 0x20000
            elif re.search(r"GUEST begin", line):
                begin = inside_traffic.exits(), inside_traffic.accesses(*registers)
            elif found := re.search(r"GUEST end (\w+) (\d+)", line):
                count = inside_traffic.exits() - begin[0]
                where = {name: number - begin[1].get(name, 0)
                         for name, number in inside_traffic.accesses(*registers).items()}
                results[found[1]] = {"exits": count, "units": int(found[2]), "each": count / int(found[2]), "where": where}
        timer.cancel()
    return results


def main(build, kernel):
    inside_traffic.begin_trace()
    served = pathlib.Path("/tmp/served")
    served.mkdir()
    with open(served / "file", "wb") as file:
        file.truncate(MIB << 20)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=served)
    handler.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, command in commands(build, kernel).items():
        (OUT / (name + ".json")).write_text(json.dumps(measure(command)))
    print("GUEST told all")


if __name__ == "__main__":
    main(*sys.argv[1:])
