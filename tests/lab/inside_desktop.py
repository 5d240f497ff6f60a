# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab, for test_desktop.py: a Debian desktop in a machine window of the built-in engine's, at
which somebody sits who has a clipboard, a mouse, a keyboard and loudspeakers himself.

    inside_desktop.py BUILD DISK [PART ...]

Each part is a machine's story of its own; without a name all of them are told.
"""

import array
import hashlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import time
import wave

import host_desktop
import lab_machine
from host_desktop import HostDesktop, heard
from lab_machine import HOME, PATIENCE, wait_until
from resting_machine import REST, Qemu, at_rest

HERE = pathlib.Path(__file__).resolve().parent
MEMORY = 448
TONE, TONE_SECONDS = 480, 4
SOON = 300  # seconds, for what takes moments where the guest is not in a lab
READY = r"DESKTOP-READY\r"


def told(what):
    print(f"{time.monotonic():7.0f} s: {what}", flush=True)


class Guest(lab_machine.Machine):
    """A Debian whose desktop is started by hand; its shell is on the serial port."""

    def __init__(self, build, name, disk, graphics="vmsvga", monitors=1):
        self.graphics = graphics
        self.monitors = monitors
        super().__init__(build, name, disk, memory=MEMORY)

    def make(self):
        super().make()
        self.ctl("modifyvm", self.name, "--graphicscontroller", self.graphics, "--monitorcount",
                 str(self.monitors), "--chipset", "ich9",
                 "--clipboard-mode", "bidirectional", "--audio-enabled", "on", "--audio-out", "on")

    def run(self, command, timeout=SOON):
        return super().run(command, timeout)

    def start_desktop(self):
        self.send("setsid lab-desktop < /dev/null > /dev/null 2>&1 &\n")
        try:
            self.expect(READY, PATIENCE)
        except lab_machine.Late:
            print(self.run("cat /root/desktop.log /var/log/Xorg.0.log; true"))
            raise
        # A key is held for longer than anybody holds one: it takes so long to be told that it is up.
        self.run("export DISPLAY=:0; xset r off")

    def size(self):
        """X's screen."""
        found = re.search(r"current (\d+) x (\d+)", self.run("xrandr"))
        return int(found[1]), int(found[2])

    def wait_for_size(self, size):
        wait_until(lambda: self.size() == size, PATIENCE, f"X's screen to be {size}", 1)

    def pointer(self):
        found = re.search(r"X=(-?\d+)\nY=(-?\d+)", self.run("xdotool getmouselocation --shell"))
        return int(found[1]), int(found[2])

    def wait_for_pointer(self, place):
        wait_until(lambda: self.pointer() == place, SOON, f"the guest's pointer to be at {place}", 0.5)

    def screen(self, *wish):
        """What another window hears, which then has a wish (screen_client.py)."""
        control, = (HOME / "run/vitrine").glob("*/control")
        text = self.checked(lab_machine.as_user(["python3", HERE / "screen_client.py", control, *wish]))
        return json.loads(text.splitlines()[0])

    def wait_for_agent(self):
        """Until the desktop's side of the agent is there."""
        self.run("until pgrep -x spice-vdagent > /dev/null; do sleep 0.5; done")


# -- what is done with a desktop


def point(guest, host, window):
    """The tablet: the pointer is where the window's is, to the pixel, in all four corners."""
    width, height = guest.size()
    guest.run("until xinput list --name-only | grep -q Tablet; do sleep 0.5; done")
    for place in ((1, 2), (width - 3, 1), (width - 1, height - 1), (0, height - 2), (width // 2, height // 2)):
        guest.screen("place", *place)
        guest.wait_for_pointer(place)
    # And by a hand at the window itself, whose picture begins somewhere in it.
    origins = set()
    for x, y in ((200, 200), (400, 300), (313, 457)):
        host.move(x, y)
        time.sleep(2)
        seen = guest.pointer()
        origins.add((x - seen[0], y - seen[1]))
    assert len(origins) == 1, f"the pointer is not where the hand is: {origins}"
    told(f"pointer: to the pixel at 5 places of {width}x{height}; on this desktop the picture begins at {origins}")


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


def shown(guest, monitor=0):
    picture = guest.screen("monitor", monitor)["picture"]
    return picture["width"], picture["height"]


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


def play(guest, host):
    """A tone, with the desktop there, is measured where the host's sound server has it. In a lab that server
    comes too late for every sample: that none is missing is test_sound.py's to say, before the server."""
    samples = array.array("h", (int(20000 * math.sin(2 * math.pi * TONE * n / host_desktop.RATE))
                                for n in range(TONE_SECONDS * host_desktop.RATE) for _ in range(2)))
    path = HOME / "desk/tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(host_desktop.RATE)
        file.writeframes(samples.tobytes())
    path.chmod(0o644)
    guest.run("cp /shared/tone.wav /root/; amixer -q -c 0 set Master 100% unmute; true")
    finish = host.record(1, f"{os.environ['LAB_OUT']}/tone.raw")
    time.sleep(2)
    said = guest.run("aplay -D plughw:0 /root/tone.wav 2>&1")
    time.sleep(2)
    seconds, hertz = heard(finish())
    told(f"sound: {seconds:.2f} s of {hertz:.1f} Hz were heard; {len(re.findall('underrun', said))} underruns")
    assert abs(hertz - TONE) < 5 and 0.5 < seconds < TONE_SECONDS * 1.1, said


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


def rest(guest):
    """Nobody does anything."""
    total, reasons = at_rest(guest)
    told(f"idle: {guest.name} {total / REST:.1f} exits a second; by KVM's reasons {reasons}")


def spread(guest, host, window):
    """X's desktop over both monitors, each of which is in a window of its own."""
    wait_until(lambda: len(heads_of(guest)) == 2, SOON, "X to find both monitors", 1)
    first, second = heads_of(guest)
    guest.run(f"xrandr --output {first} --auto --pos 0x0 --output {second} --auto --right-of {first}")
    sizes = [shown(guest, monitor) for monitor in (0, 1)]
    total = (sizes[0][0] + sizes[1][0], max(size[1] for size in sizes))
    guest.wait_for_size(total)
    sizes = [shown(guest, monitor) for monitor in (0, 1)]
    assert sizes[0][0] + sizes[1][0] == total[0], f"{sizes} of {total}"
    guest.run("xsetroot -solid '#336699'; true")
    for monitor in (0, 1):
        guest.screenshot(f"heads-{monitor}.png", monitor)
    told(f"monitors: {sizes} of a desktop of {total}")

    guest.run("until xinput list --name-only | grep -q Tablet; do sleep 0.5; done")
    for monitor, place in ((0, (3, 5)), (1, (3, 5)), (0, (sizes[0][0] - 1, 9)), (1, (sizes[1][0] - 1, 77))):
        guest.screen("monitor", monitor, "place", *place)
        guest.wait_for_pointer((place[0] + monitor * sizes[0][0], place[1]))
    told("pointer: to the pixel on both")

    # And by a hand, in the second one's window.
    other = host.second_window(guest.name)
    host.tool("xdotool", "windowmove", window, 10, 30)
    host.tool("xdotool", "windowmove", other, 700, 420)
    host.tool("xdotool", "windowactivate", "--sync", other)
    host.picture("heads-host.png")
    host.move(900, 700)
    wait_until(lambda: guest.pointer()[0] > sizes[0][0], SOON, "the pointer on the second monitor", 1)
    told(f"pointer: by hand at {guest.pointer()}")


def size_of_one(guest, host, _):
    """The second window's size is its monitor's, and nobody else's."""
    other = host.second_window(guest.name)
    before = shown(guest)
    host.resize(other, 840, 632)
    second = heads_of(guest)[1]
    wait_until(lambda: re.search(rf"^{second} .*\n +840x632 .*\+", guest.run("xrandr"), re.MULTILINE), SOON,
               "X to prefer the window's size on it", 1)
    guest.run(f"xrandr --output {second} --auto")
    wait_until(lambda: shown(guest, 1) == (840, 632), SOON, "the picture to be of that size", 1)
    assert shown(guest) == before
    told("resize: the second window's monitor alone")


def unplug(guest, host, _):
    guest.control("setvideomodehint", "0", "0", "32", "1", "no")
    wait_until(lambda: len(heads_of(guest)) == 1, SOON, "X to lose the second monitor", 1)
    wait_until(lambda: not host.windows(host.SECOND % guest.name), SOON, "its window to go", 1)
    guest.control("setvideomodehint", "0", "0", "32", "1", "yes")
    wait_until(lambda: len(heads_of(guest)) == 2, SOON, "X to have it again", 1)
    host.second_window(guest.name)
    told("unplugged, and plugged in again")


def heads_of(guest):
    return re.findall(r"^(\S+) connected", guest.run("xrandr"), re.MULTILINE)


# -- the stories


class Steps:
    """One after the other, also after one has failed."""

    def __init__(self):
        self._failed = []

    def take(self, step, guest, *arguments):
        try:
            step(guest, *arguments)
        except (AssertionError, subprocess.SubprocessError) as problem:
            told(f"FAILED {step.__name__}: {problem}")
            self._failed.append(step.__name__)
            guest.screenshot(f"failed-{step.__name__}.png")

    def check(self):
        assert not self._failed, f"failed: {self._failed}"


def desk(build, disk, host, steps):
    """On the virtio GPU."""
    guest = Guest(build, "desk", disk)
    guest.environment = host.environment
    folder = HOME / "desk"
    lab_machine.as_user(["mkdir", "-p", folder])
    guest.ctl("sharedfolder", "add", guest.name, "--name", "desk", "--hostpath", folder)
    try:
        window = begin(guest, host)
        guest.keep("xinput.txt", guest.run("cat /root/xinput.log"))
        steps.take(point, guest, host, window)
        steps.take(press, guest, host, window)
        steps.take(follow, guest, host, window)
        steps.take(follow_card, guest)
        steps.take(copy, guest, host)
        steps.take(share, guest)
        steps.take(play, guest, host)
        guest.screenshot("desk.png")
        steps.take(rest, guest)
        steps.take(save, guest)
        steps.take(use_again, guest, host)
        steps.take(restart, guest, host)
        guest.power_off()
    finally:
        end(guest)


def plain(build, disk, host, steps):
    """On the standard VGA, with the kernel's bochs-drm."""
    guest = Guest(build, "plain", disk, "vboxvga")
    guest.environment = host.environment
    try:
        window = begin(guest, host)
        steps.take(point, guest, host, window)
        steps.take(press, guest, host, window)
        steps.take(follow, guest, host, window)
        steps.take(copy, guest, host)
        guest.screenshot("plain.png")
        guest.power_off()
    finally:
        end(guest)


def heads(build, disk, host, steps):
    """Two monitors."""
    guest = Guest(build, "heads", disk, monitors=2)
    guest.environment = host.environment
    try:
        window = begin(guest, host)
        steps.take(spread, guest, host, window)
        steps.take(size_of_one, guest, host, window)
        steps.take(unplug, guest, host, window)
        guest.power_off()
    finally:
        end(guest)


def begin(guest, host):
    guest.start("gui")
    guest.log_in()
    told(f"{guest.name}: logged in")
    guest.start_desktop()
    told(f"{guest.name}: X is there")
    guest.keep(f"{guest.name}-card.txt", guest.run("cat /sys/class/drm/card0/device/uevent; xrandr"))
    return host.window(guest.name)


def end(guest):
    guest.keep(f"{guest.name}-serial.log", guest.log())
    guest.keep(f"{guest.name}-vitrine.log", guest.own_log())


def qemu(build, disk, _, steps):
    guest = Qemu(build, "qemu", disk, MEMORY)
    try:
        guest.start()
        guest.log_in()
        Guest.start_desktop(guest)
        steps.take(rest, guest)
        guest.power_off()
    finally:
        guest.keep("qemu-serial.log", guest.log())


PARTS = {"desk": desk, "plain": plain, "heads": heads, "qemu": qemu}


def main(build, disk, *parts):
    lab_machine.prepare_user()
    steps = Steps()
    host = HostDesktop()
    try:
        for part in parts or PARTS:
            PARTS[part](build, disk, host, steps)
    finally:
        host.stop()
    steps.check()
    print("GUEST told all")


if __name__ == "__main__":
    main(*sys.argv[1:])
