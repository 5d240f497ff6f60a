# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with a desktop of several monitors in the lab (inside_desktop.py), each of which is in a
window of its own."""

import re
import time

from desktop_guest import SOON, heads_of, shown, told
from lab_machine import wait_until

# What fills each monitor, so that it is told from the others (test_desktop.py).
COLORS = ("#3366cc", "#cc3333", "#33aa33", "#cc9933")


def spread(guest):
    """X's desktop over all monitors, two to a line."""
    count = guest.monitors
    wait_until(lambda: len(heads_of(guest)) == count, SOON, "X to find all monitors", 1)
    names = heads_of(guest)
    words = [f"--output {names[0]} --auto --pos 0x0"]
    for number in range(1, count):
        where = f"--right-of {names[number - 1]}" if number % 2 else f"--below {names[number - 2]}"
        words.append(f"--output {names[number]} --auto {where}")
    guest.run("xrandr " + " ".join(words))
    wait_until(lambda: [shown(guest, monitor) for monitor in range(count)] ==
               [place[2:] for place in places_of(guest)], SOON, "each picture to be of its monitor's size", 1)
    guest.run("xsetroot -solid '#336699'; true")
    places = places_of(guest)
    assert len(places) == count == len({place[:2] for place in places}), places
    told(f"monitors: {places} of a desktop of {guest.size()}")


def places_of(guest):
    """Where each monitor is in X's desktop: (x, y, width, height)."""
    return [tuple(map(int, (x, y, width, height))) for width, height, x, y in
            re.findall(r"^\S+ connected (?:primary )?(\d+)x(\d+)\+(\d+)\+(\d+)", guest.run("xrandr"), re.MULTILINE)]


def windows_of(guest, host):
    """Each monitor's, beside the others."""
    windows = [host.window(guest.name)] + [host.other_window(guest.name, monitor)
                                           for monitor in range(1, guest.monitors)]
    for number, window in enumerate(windows):
        host.tool("xdotool", "windowmove", window, 5 + number % 2 * host.width // 2, 25 + number // 2 * host.height // 2)
    return windows


def own_pictures(guest, host):
    """Each monitor is filled with its own color, and its window shows that."""
    places = places_of(guest)
    for color, (x, y, width, height) in zip(COLORS, places):
        # No frame, no shell, and nothing that is drawn anew while it is looked at.
        guest.run(f"xterm -title Fill{x}x{y} -bg '{color}' -fg '{color}' -cr '{color}' -bc +sb -e sleep 9999 "
                  f"> /dev/null 2>&1 & n=$(timeout {SOON} xdotool search --sync --onlyvisible --name Fill{x}x{y} | tail -n 1); "
                  f"xdotool windowsize $n {width} {height} windowmove $n {x} {y}")
    windows = windows_of(guest, host)
    time.sleep(10)  # until what was drawn last is in the windows
    for monitor, window in enumerate(windows):
        guest.screenshot(f"heads-{monitor}.png", monitor)
        host.tool("xdotool", "windowactivate", "--sync", window)
        time.sleep(2)
        host.picture(f"heads-window-{monitor}.png", window)
    host.picture("heads-host.png")
    guest.run("pkill -x sleep; true")
    told(f"pictures: kept of {len(windows)} monitors and their windows")


def point_at_each(guest, host):
    """To the pixel on all, and by a hand in each window."""
    guest.run("until xinput list --name-only | grep -q Tablet; do sleep 0.5; done")
    places = places_of(guest)
    for monitor, (left, top, width, height) in enumerate(places):
        for x, y in ((3, 5), (width - 1, height - 1)):
            guest.screen("monitor", monitor, "place", x, y)
            guest.wait_for_pointer((left + x, top + y))
    told(f"pointer: to the pixel on {len(places)} monitors")
    for monitor, window in enumerate(windows_of(guest, host)):
        left, top, width, height = places[monitor]
        x, y, across, down = host.place(window)
        host.tool("xdotool", "windowactivate", "--sync", window)
        origins = set()
        for hand in ((x + across // 2, y + down // 2), (x + across // 2 + 33, y + down // 2 - 21)):
            host.move(*hand)
            time.sleep(3)
            seen = guest.pointer()
            assert left <= seen[0] < left + width and top <= seen[1] < top + height, f"{seen} is not on monitor {monitor}"
            origins.add((hand[0] - seen[0], hand[1] - seen[1]))
        assert len(origins) == 1, f"on monitor {monitor} the pointer is not where the hand is: {origins}"
    told(f"pointer: by hand in {len(places)} windows")


def size_of_one(guest, host):
    """The second window's size is its monitor's, and nobody else's."""
    other = host.other_window(guest.name, 1)
    before = [shown(guest, monitor) for monitor in range(guest.monitors)]
    host.resize(other, 840, 632)
    second = heads_of(guest)[1]
    wait_until(lambda: re.search(rf"^{second} .*\n +840x632 .*\+", guest.run("xrandr"), re.MULTILINE), SOON,
               "X to prefer the window's size on it", 1)
    guest.run(f"xrandr --output {second} --auto")
    wait_until(lambda: shown(guest, 1) == (840, 632), SOON, "the picture to be of that size", 1)
    before[1] = (840, 632)
    assert [shown(guest, monitor) for monitor in range(guest.monitors)] == before
    told("resize: the second window's monitor alone")


def unplug(guest, host):
    """The second one goes, and the others stay."""
    count = guest.monitors
    guest.control("setvideomodehint", "0", "0", "32", "1", "no")
    wait_until(lambda: len(heads_of(guest)) == count - 1, SOON, "X to lose the second monitor", 1)
    wait_until(lambda: not host.windows(host.OTHER % (guest.name, 2)), SOON, "its window to go", 1)
    for monitor in range(2, count):
        assert host.windows(host.OTHER % (guest.name, monitor + 1)), f"the window of monitor {monitor} is gone, too"
    guest.control("setvideomodehint", "0", "0", "32", "1", "yes")
    wait_until(lambda: len(heads_of(guest)) == count, SOON, "X to have it again", 1)
    host.other_window(guest.name, 1)
    told("unplugged, and plugged in again")
