# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop that the lab's user sits at: a screen with a window manager, a clipboard, and a sound server
whose output is recorded."""

import array
import os
import re
import subprocess
import threading
import time

import lab_machine
from lab_machine import HOME, wait_until

DISPLAY = ":7"
RATE = 48000
SILENCE = 400  # a sample's distance from it is heard


class HostDesktop:
    def __init__(self, width=1600, height=1100):
        self.environment = {"DISPLAY": DISPLAY, "QT_QPA_PLATFORM": "xcb",
                            "PULSE_SERVER": f"unix:{HOME}/run/sound"}
        self.width, self.height = width, height
        self._programs = []
        self._clipboard = None
        os.makedirs("/tmp/.X11-unix", mode=0o1777, exist_ok=True)
        os.chmod("/tmp/.X11-unix", 0o1777)
        self.start(["Xvfb", DISPLAY, "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"])
        wait_until(lambda: os.path.exists("/tmp/.X11-unix/X" + DISPLAY[1:]), 120, "the lab's screen")
        self.start(["openbox", "--sm-disable"])
        server = self.start(["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
                             "-L", f"module-null-sink sink_name=null rate={RATE}",
                             "-L", f"module-native-protocol-unix auth-anonymous=1 socket={HOME}/run/sound"])
        # A desktop's sound server has RealtimeKit for this: what only computes does not come before it.
        os.sched_setscheduler(server.pid, os.SCHED_RR, os.sched_param(5))

    def stop(self):
        for program in reversed(self._programs):
            if program.poll() is None:
                program.terminate()
                program.wait()

    def start(self, words, **options):
        """A program on this desktop, until it ends or stop() does that."""
        log = open(f"{os.environ['LAB_OUT']}/host-{os.path.basename(words[0])}.log", "ab")  # noqa: SIM115
        options.setdefault("stdout", log)
        environment = {"HOME": str(HOME), "XDG_RUNTIME_DIR": str(HOME / "run"), "LC_ALL": "C.UTF-8",
                       "PATH": "/usr/bin:/bin", **self.environment}
        program = subprocess.Popen(
            ["setpriv", f"--reuid={lab_machine.USER}", f"--regid={lab_machine.USER}", "--clear-groups",
             *map(str, words)], env=environment, cwd=HOME, stdin=subprocess.DEVNULL, stderr=log, **options)
        self._programs.append(program)
        return program

    def tool(self, *words, timeout=120, check=True):
        """What a program on this desktop prints."""
        done = lab_machine.as_user(words, environment=self.environment, timeout=timeout)
        if check:
            lab_machine.Machine.checked(done)
        return done.stdout

    # -- windows

    FIRST, OTHER = r"^%s \[\w+\] -", r"^%s \[.*Screen %d -"

    def windows(self, name):
        """The numbers of those that are seen."""
        said = self.tool("xdotool", "search", "--onlyvisible", "--name", name, check=False)
        return re.findall(r"^\d+$", said, re.MULTILINE)

    def other_window(self, machine, monitor):
        """That of its second monitor or of a later one; monitors count from 0."""
        return wait_until(lambda: self.windows(self.OTHER % (machine, monitor + 1)), lab_machine.PATIENCE,
                          f"the window of {machine}'s monitor {monitor}", 1)[-1]

    def place(self, window):
        """(x, y, width, height) of its inside."""
        said = self.tool("xdotool", "getwindowgeometry", "--shell", window)
        found = dict(re.findall(r"^(\w+)=(-?\d+)$", said, re.MULTILINE))
        return tuple(int(found[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def picture(self, name, window="root"):
        """The whole desktop or a window, to a file in LAB_OUT."""
        self.tool("import", "-window", window, f"{HOME}/{name}")
        with open(f"{HOME}/{name}", "rb") as file, open(f"{os.environ['LAB_OUT']}/{name}", "wb") as copy:
            copy.write(file.read())

    def window(self, machine):
        """The number of its window, once it is there and has the keys."""
        number = wait_until(lambda: self.windows(self.FIRST % machine), lab_machine.PATIENCE,
                            f"the window of {machine}", 1)[-1]
        self.tool("xdotool", "windowmove", number, 10, 30)
        self.tool("xdotool", "windowactivate", number)
        return number

    def resize(self, window, width, height):
        self.tool("xdotool", "windowsize", window, width, height)

    def move(self, x, y):
        self.tool("xdotool", "mousemove", x, y)

    def click(self, x, y):
        self.tool("xdotool", "mousemove", x, y, "click", 1)

    def drag(self, start, end):
        """From place to place, with as much time as programs here need to speak to each other."""
        self.tool("xdotool", "mousemove", *start, "mousedown", 1)
        for part in range(1, 5):
            time.sleep(2)
            self.move(*(a + (b - a) * part // 4 for a, b in zip(start, end)))
        for _ in range(3):
            time.sleep(2)
            self.tool("xdotool", "mousemove_relative", "--", 1, 1)
        time.sleep(5)
        self.tool("xdotool", "mouseup", 1)

    # -- the clipboard

    def copy(self, data, kind="UTF8_STRING"):
        """Until somebody else copies something."""
        path = HOME / "copied"
        path.write_bytes(data)
        os.chown(path, lab_machine.USER, lab_machine.USER)
        if self._clipboard:
            self._clipboard.terminate()
            self._clipboard.wait()
        self._clipboard = self.start(["xclip", "-quiet", "-selection", "clipboard", "-t", kind,
                                       "-i", path])

    def paste(self):
        return self.tool("timeout", 20, "xclip", "-selection", "clipboard", "-t", "UTF8_STRING", "-o",
                         check=False)

    def paste_bytes(self, kind):
        """b"" while there is nothing of this kind."""
        path = HOME / "pasted"
        self.tool("sh", "-c", f"timeout 20 xclip -selection clipboard -t {kind} -o > {path} 2> /dev/null", check=False)
        return path.read_bytes()

    # -- sound

    def record(self, seconds, path):
        """What leaves the sound server's output, for so long at least. Returns a function that ends it and
        gives the left side's samples."""
        output = open(path, "wb")  # noqa: SIM115
        recorder = self.start(["parec", "--device=null.monitor", "--raw", f"--rate={RATE}",
                                "--channels=2", "--format=s16le"], stdout=output)
        end = time.monotonic() + seconds

        def finish():
            wait_until(lambda: time.monotonic() > end, seconds + 1, "the recording")
            recorder.terminate()
            recorder.wait()
            output.close()
            samples = array.array("h")
            with open(path, "rb") as file:
                data = file.read()
            samples.frombytes(data[:len(data) // 4 * 4])
            return samples[::2]
        return finish


class Stalls:
    """How long nothing ran here, with whatever priority: the lab's own computer did something else."""

    LATE = 0.02  # seconds; less is what each program may be late

    def __enter__(self):
        self.seconds = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _watch(self):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
        while not self._end.is_set():
            before = time.monotonic()
            time.sleep(0.005)
            late = time.monotonic() - before - 0.005
            if late > self.LATE:
                self.seconds += late


def heard(samples, hertz):
    """(seconds of a tone, gaps in it): each wave that is as long as it should be counts."""
    ups = [place for place in range(1, len(samples)) if samples[place - 1] < 0 <= samples[place]
           and max(samples[place:place + RATE // 200], default=0) > SILENCE]
    wanted = RATE / hertz
    good = [abs(after - before - wanted) <= wanted / 50 for before, after in zip(ups, ups[1:])]
    if True not in good:
        return 0, 0
    end = len(good) - good[::-1].index(True)
    inside = good[good.index(True):end]
    return sum(inside) * wanted / RATE, sum(before and not after for before, after in zip(inside, inside[1:]))
