# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes to a desktop in the lab and from it by its spice-vdagent, but for words (desktop_use.py):
pictures, what the switch of the clipboard lets through, and files (inside_desktop.py)."""

import base64
import hashlib
import os
import time

from desktop_guest import HERE, SOON, told
from lab_machine import HOME, USER, wait_until

KEPT = 20  # seconds for which nothing comes; what is let through takes some
TEXT, PNG = "UTF8_STRING", "image/png"
# Before the desktop starts: without a desktop environment's folders an agent has no place for files.
DOWNLOADS = "mkdir -p /root/Downloads /root/.config; echo 'XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"' > /root/.config/user-dirs.dirs"


def sum_of(data):
    return hashlib.sha256(data).hexdigest()


def copy_there(guest, data, kind=TEXT):
    guest.run(f"echo {base64.b64encode(data).decode()} | base64 -d > /root/copied; "
              f"xclip -selection clipboard -t {kind} -i /root/copied > /dev/null 2>&1")


def pasted_there(guest, kind=TEXT):
    """Its sum."""
    return guest.run(f"timeout 20 xclip -selection clipboard -t {kind} -o 2> /dev/null | sha256sum").split()[-2]


def goes_there(guest, host, data, kind=TEXT):
    host.copy(data, kind)
    wait_until(lambda: pasted_there(guest, kind) == sum_of(data), SOON, f"the guest to paste {kind}", 1)


def comes_here(guest, host, data, kind=TEXT):
    copy_there(guest, data, kind)
    wait_until(lambda: host.paste_bytes(kind) == data, SOON, f"this desktop to paste {kind}", 1)


def keeps(condition, what):
    end = time.monotonic() + KEPT
    while time.monotonic() < end:
        assert condition(), what
        time.sleep(1)


def picture(host, name, size, colors):
    path = HOME / name
    host.tool("convert", "-size", size, f"gradient:{colors}", path)
    return path.read_bytes()


def pictures(guest, host):
    goes_there(guest, host, picture(host, "ours.png", "60x40", "red-blue"), PNG)
    comes_here(guest, host, picture(host, "theirs.png", "48x32", "green-white"), PNG)
    told("clipboard: a PNG both ways, to the byte")


def switch(guest, host):
    """The clipboard goes as far as it is allowed to."""
    def stays_here(data):
        host.copy(data)
        keeps(lambda: pasted_there(guest) != sum_of(data), "the guest got what it must not")

    def stays_there(data):
        copy_there(guest, data)
        keeps(lambda: host.paste_bytes(TEXT) != data, "the guest told what it must not")

    goes_there(guest, host, b"before the switch")
    guest.control("clipboard", "mode", "guesttohost")
    stays_here(b"a secret of ours")
    comes_here(guest, host, b"the guest's may come")
    guest.control("clipboard", "mode", "hosttoguest")
    stays_there(b"a secret of the guest's")
    goes_there(guest, host, b"ours may go")
    guest.control("clipboard", "mode", "disabled")
    stays_here(b"another secret of ours")
    stays_there(b"another secret of the guest's")
    guest.control("clipboard", "mode", "bidirectional")
    goes_there(guest, host, b"there again")
    comes_here(guest, host, b"and here again")
    told("clipboard: only the ways that are on")


def drop(guest, host, window):
    """A file is dragged from a window of this desktop to the machine's."""
    path = HOME / "some file.bin"
    path.write_bytes(os.urandom(1 << 20))
    os.chown(path, USER, USER)
    guest.control("draganddrop", "hosttoguest")
    host.start(["python3", HERE / "drag_source.py", path])
    source = wait_until(lambda: host.windows("^Drag from here$"), SOON, "the window to drag from", 1)[-1]
    host.tool("xdotool", "windowmove", source, host.width - 250, 40, "windowactivate", "--sync", source)
    time.sleep(2)
    x, y, width, height = host.place(source)
    left, top, across, down = host.place(window)
    # That is not below the other.
    host.drag((x + width // 2, y + height // 2), (left + across // 2, top + down * 3 // 4))
    total = sum_of(path.read_bytes())
    wait_until(lambda: total in guest.run("sha256sum '/root/Downloads/some file.bin'; true"), SOON,
               "the file to be in the guest", 2)
    told("drop: a file of a MiB is the guest's, with the same sum")
