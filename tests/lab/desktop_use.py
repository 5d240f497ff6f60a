# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with a desktop in the lab (inside_desktop.py), by hand and by another window of its screen's."""

import array
import hashlib
import math
import os
import re
import time
import wave

import host_desktop
from desktop_guest import SOON, shown, told
from host_desktop import heard
from lab_machine import HOME, wait_until

LEAD, LEAD_SECONDS = 1200, 2
TONE, TONE_SECONDS = 480, 4
TRIES = 6


def point(guest, host, window):
    """The tablet: the pointer is where the window's is, to the pixel, in all four corners."""
    width, height = guest.size()
    guest.run("until xinput list --name-only | grep -q Tablet; do sleep 0.5; done")
    for place in ((1, 2), (width - 3, 1), (width - 1, height - 1), (0, height - 2), (width // 2, height // 2)):
        guest.screen("place", *place)
        guest.wait_for_pointer(place)
    told(f"pointer: to the pixel at 5 places of {width}x{height}")
    by_hand(guest, host)


def by_hand(guest, host):
    """At the window itself, whose picture begins somewhere in it."""
    origins = set()
    for x, y in ((200, 200), (400, 300), (313, 457)):
        host.move(x, y)
        time.sleep(2)
        seen = guest.pointer()
        origins.add((x - seen[0], y - seen[1]))
    assert len(origins) == 1, f"the pointer is not where the hand is: {origins}"
    told(f"pointer: by hand; on this desktop the picture begins at {origins}")


def press(guest, host, window):
    """Keys of the window's into the terminal on the desktop."""
    host.tool("xdotool", "windowactivate", "--sync", window)
    click(guest, host, (120, 100))
    # Only then has the guest's window manager given it the keys.
    wait_until(lambda: guest.run("xdotool getwindowfocus getwindowname; true").startswith("Desk"), SOON,
               "the guest's terminal to have the keys", 1)
    host.tool("xdotool", "type", "--delay", 150, "echo Typed-By-Hand > /dev/ttyS0")
    host.tool("xdotool", "key", "Return")
    guest.expect(r"Typed-By-Hand\r", SOON)
    told("keys: typed into the terminal on the desktop")


def click(guest, host, place):
    """By hand, at a place of the guest's."""
    host.move(300, 300)
    time.sleep(2)
    seen = guest.pointer()
    host.click(300 + place[0] - seen[0], 300 + place[1] - seen[1])


def follow(guest, host, window):
    """The window becomes larger; X's screen becomes so by the agent."""
    guest.wait_for_agent()
    before = guest.size()
    host.resize(window, 1000, 704)
    wait_until(lambda: guest.size() != before, SOON, "X's screen to follow the window", 1)
    small = wait_at_rest(guest)
    host.resize(window, 1240, 904)
    guest.wait_for_size((small[0] + 240, small[1] + 200))
    told(f"resize: {before}, then {small}, then {guest.size()}")
    wait_until(lambda: shown(guest) == guest.size(), SOON, "the picture to be of that size", 1)


def wait_at_rest(guest):
    last = [None]

    def rests():
        before, last[0] = last[0], guest.size()
        return before == last[0]
    wait_until(rests, SOON, "X's screen to keep its size", 3)
    return last[0]


def follow_card(guest):
    """Another window's size comes as the monitor's new first mode, which a desktop takes at once and
    plain X on a word."""
    wish = (968, 648)
    output = re.search(r"^(\S+) connected", guest.run("xrandr"), re.MULTILINE)[1]
    guest.screen(*wish)
    wait_until(lambda: re.search(r"^ +968x648 .*\+", guest.run("xrandr"), re.MULTILINE), SOON,
               "X to prefer the mode 968x648", 1)
    guest.run(f"xrandr --output {output} --auto")
    guest.wait_for_size(wish)
    wait_until(lambda: shown(guest) == wish, SOON, "the picture to be of that size", 1)
    told(f"resize: the card's monitor prefers {wish}, and X takes it")


def copy(guest, host):
    """Text both ways, by the guest's own spice-vdagent, and a MiB of it."""
    words = "Gr\u00fc\u00dfe vom Gastgeber\nund eine zweite Zeile"
    host.copy(words.encode())
    paste = "timeout 20 xclip -selection clipboard -t UTF8_STRING -o"
    wait_until(lambda: words in guest.run(f"{paste} | head -c 200; echo"), SOON, "the guest to paste", 1)
    guest.run("printf 'Antwort aus dem Gast' | xclip -selection clipboard -i > /dev/null 2>&1")
    wait_until(lambda: host.paste() == "Antwort aus dem Gast", SOON, "this desktop to paste", 1)
    large = b"0123456789abcde\n" * (1 << 16)
    host.copy(large)
    total = hashlib.sha256(large).hexdigest()
    wait_until(lambda: total in guest.run(f"{paste} | sha256sum"), SOON, "a MiB to reach the guest", 1)
    guest.run("head -c 786432 /dev/urandom | base64 -w 0 > /root/large; "
              "xclip -selection clipboard -i /root/large > /dev/null 2>&1")
    total = guest.run("sha256sum < /root/large").split()[0]
    wait_until(lambda: hashlib.sha256(host.paste().encode()).hexdigest() == total, SOON,
               "a MiB from the guest", 1)
    told("clipboard: both ways, words and a MiB")


def share(guest):
    folder = HOME / "desk"
    (folder / "from-host").write_text("from the host\n", encoding="utf-8")
    guest.run("mkdir -p /shared; mount -t virtiofs desk /shared")
    assert "from the host" in guest.run("cat /shared/from-host")
    guest.run("head -c 3M /dev/urandom > /shared/from-guest; sync")
    total = hashlib.sha256((folder / "from-guest").read_bytes()).hexdigest()
    assert total in guest.run("sha256sum /shared/from-guest")
    told("shared folder: a file each way")


def make_tone():
    """A file in the shared folder. Until the host's sound server has opened a stream, what is played is lost,
    which takes as long as many waves in a lab: there is another tone before the one that is measured."""
    samples = array.array("h")
    for hertz, seconds in ((LEAD, LEAD_SECONDS), (TONE, TONE_SECONDS)):
        for place in range(seconds * host_desktop.RATE):
            sample = int(20000 * math.sin(2 * math.pi * hertz * place / host_desktop.RATE))
            samples.extend((sample, sample))
    path = HOME / "desk/tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(host_desktop.RATE)
        file.writeframes(samples.tobytes())
    path.chmod(0o644)


def played(guest, host, load="true"):
    """(seconds of the tone that the host's sound server had while the guest ran this program as well, a sentence
    that tells it)."""
    make_tone()
    guest.run("cp /shared/tone.wav /root/; amixer -q -c 0 set Master 100% unmute; true")
    finish = host.record(1, f"{os.environ['LAB_OUT']}/tone.raw")
    time.sleep(2)
    with host_desktop.Stalls() as stalls:
        said = guest.run(f"{load} & aplay -D plughw:0 /root/tone.wav 2>&1; kill $! 2> /dev/null; true")
    time.sleep(2)
    seconds, gaps = heard(finish(), TONE)
    return seconds, (f"{seconds:.2f} s of {TONE_SECONDS} s of {TONE} Hz were heard beside '{load}', with {gaps} gaps; "
                     f"{len(re.findall('underrun', said))} underruns; the lab itself stood still for {stalls.seconds:.2f} s")


def play(guest, host):
    """It is heard."""
    seconds, sentence = played(guest, host)
    told("sound: " + sentence)
    assert 0.5 < seconds <= TONE_SECONDS * 1.01


def play_beside_load(guest, host):
    """At least nine tenths are heard, however busy the guest is. The lab's own computer may have other things to
    do at the wrong moment, so there are some tries; that not one sample is missing is test_sound.py's to say,
    before the server."""
    best = 0
    for _ in range(TRIES):
        seconds, sentence = played(guest, host, "md5sum < /dev/zero")
        told("sound: " + sentence)
        best = max(best, seconds)
        if 0.9 * TONE_SECONDS <= seconds <= TONE_SECONDS * 1.01:
            return
    raise AssertionError(f"no more than {best:.2f} s of {TONE_SECONDS} s were heard")


def save(guest):
    """It goes on with the same picture and pointer."""
    size = guest.size()
    guest.screen("place", 77, 66)
    guest.wait_for_pointer((77, 66))
    guest.screenshot("before-save.png")
    guest.control("savestate")
    assert guest.state() == "saved", guest.state()
    guest.start("gui")
    assert guest.size() == size
    assert guest.pointer() == (77, 66)
    wait_until(lambda: shown(guest) == size, SOON, "the picture to be of the same size", 1)
    guest.screenshot("after-save.png")
    told("saved: the same screen goes on, with its pointer")


def use_again(guest, host):
    """After a save: by hand, and with the agent."""
    window = host.window(guest.name)
    point(guest, host, window)
    press(guest, host, window)
    copy(guest, host)
    told("saved: pointer, keys and clipboard as before")


def restart(guest, host):
    guest.send("reboot\n")
    guest.log_in()
    guest.start_desktop()
    guest.screen("place", 123, 45)
    guest.wait_for_pointer((123, 45))
    press(guest, host, host.window(guest.name))
    told("restarted from inside, and there is a desktop again")
