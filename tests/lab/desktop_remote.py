# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done in the lab with a desktop that nothing shows but remote-viewer, by SPICE (inside_desktop.py)."""

import re
import time

from desktop_guest import SOON, shown, told
from lab_machine import PATIENCE, wait_until


def view(guest, host):
    """The number of the viewer's window."""
    text = guest.ctl("showvminfo", guest.name, "--machinereadable")
    port = re.search(r"^vrdeport=\"?(\d+)", text, re.MULTILINE)[1]
    # There is no session of a desktop environment's.
    host.start(["env", "GSETTINGS_BACKEND=memory", "NO_AT_BRIDGE=1", "remote-viewer", "--zoom=100", "--debug",
                f"spice://127.0.0.1:{port}"])

    def found():
        said = host.tool("xdotool", "search", "--onlyvisible", "--class", "^remote-viewer$", check=False)
        large = [number for number in re.findall(r"^\d+$", said, re.MULTILINE) if host.place(number)[2] > 300]
        return large and large[-1]
    window = wait_until(found, PATIENCE, "remote-viewer's window", 1)
    told("remote-viewer is there")
    wait_until(lambda: shown(guest)[0] <= host.place(window)[2], SOON, "the guest's screen to be in it", 1)
    host.tool("xdotool", "windowmove", window, 10, 30, "windowactivate", "--sync", window)
    return window


def see(guest, host, window):
    """What the viewer shows is kept, to be compared with the guest's screen (test_desktop.py)."""
    host.tool("xdotool", "windowactivate", window)
    host.move(host.width - 5, host.height - 5)  # the pointer is no pixel of the guest's
    time.sleep(20)
    guest.screenshot("remote.png")
    host.picture("remote-host.png")
    told(f"screen: kept, {shown(guest)}")
