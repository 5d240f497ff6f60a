# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop of its own for one test: session bus, accessibility, X server, window manager. Real
windows, real key presses; nobody else's screen is touched and nothing listens on TCP."""
import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import time

import stage
from picture import Framebuffer

PR_SET_PDEATHSIG = 1


class Timeout(AssertionError):
    """What was waited for did not come."""


def wait_until(condition, timeout, what, every=0.1):
    """The first true value of `condition()`; Timeout says `what` was waited for."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Timeout(f"Waited {timeout} s for {what}, which did not come")
        time.sleep(every)


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Desktop:
    def __init__(self, width=1600, height=1200, accessible=True):
        self.width, self.height = width, height
        self.accessible = accessible
        self.stage = stage.current()
        self.environment = dict(os.environ)
        self._programs = []
        self._exit = contextlib.ExitStack()

    # -- up and down

    def __enter__(self):
        with self._exit:
            self._start_bus()
            self._start_screen()
            self._exit = self._exit.pop_all()
        return self

    def __exit__(self, kind, error, trace):
        if error is not None and kind is not SystemExit:
            self.keep_evidence("failure")
        self._exit.close()

    def _start_bus(self):
        reader, writer = os.pipe()
        self.run(["dbus-daemon", "--session", "--nofork", "--print-address", str(writer)],
                 pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader) as pipe:
            address = pipe.readline().strip()
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        if self.accessible:
            self.environment["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"
        # libatspi in this process finds the same bus.
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = address

    def _start_screen(self):
        reader, writer = os.pipe()
        self.run(["Xvfb", "-displayfd", str(writer), "-screen", "0",
                  f"{self.width}x{self.height}x24", "-nolisten", "tcp", "-noreset",
                  "-fbdir", str(self.stage.temporary)], pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start; see its log")
        self.environment["DISPLAY"] = os.environ["DISPLAY"] = f":{number}"
        self.environment["QT_QPA_PLATFORM"] = "xcb"
        self.framebuffer = Framebuffer(self.stage.temporary / "Xvfb_screen0")
        # The accessibility bus hands its address out on the screen, too, so it comes after it.
        if self.accessible:
            self.run(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"])
        self.run(["openbox", "--sm-disable"])
        wait_until(lambda: "window id" in self.tool("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"),
                   15, "the window manager")

    def run(self, command, **options):
        """Starts a program that ends with the desktop; its output goes to a log of its name."""
        name = os.path.basename(str(command[0]))
        log = open(self.stage.output / f"{len(self._programs):02}-{name}.log", "wb")
        with log:
            program = subprocess.Popen([str(word) for word in command], env=self.environment,
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       preexec_fn=die_with_parent, **options)
        self._programs.append(program)
        self._exit.callback(self.stop, program)
        return program

    def stop(self, program, timeout=10):
        """Ends a program by its pid, gently first."""
        if program.poll() is None:
            program.terminate()
            try:
                program.wait(timeout)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()

    def mark(self):
        """A moment for stop_since()."""
        return len(self._programs)

    def stop_since(self, mark):
        """Ends the programs started after the mark, newest first."""
        for program in reversed(self._programs[mark:]):
            self.stop(program)

    def tool(self, *command, check=True, timeout=30):
        """Runs a command on this desktop and returns what it prints."""
        done = self.attempt(*command, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))} failed with {done.returncode}: "
                                 f"{done.stdout}{done.stderr}")
        return done.stdout

    def attempt(self, *command, timeout=30):
        """Runs a command on this desktop, whatever comes of it."""
        return subprocess.run([str(word) for word in command], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=timeout)

    # -- what is on the screen

    def look(self, rectangle=None):
        """A picture of the screen, or of a rectangle (x, y, width, height) of it."""
        picture = self.framebuffer.read()
        return picture.crop(*rectangle) if rectangle else picture

    def screenshot(self, name, rectangle=None):
        path = self.stage.output / f"{name}.png"
        self.look(rectangle).save(path)
        return path

    def keep_evidence(self, name):
        """For the person who reads about the failure: the screen and the windows."""
        try:
            self.screenshot(name)
            windows = "\n".join(f"{number} {title!r} {self.geometry(number)}"
                                for number, title in self.windows().items())
            print(f"Windows at the time:\n{windows}", file=sys.stderr)
        except (OSError, AssertionError, subprocess.SubprocessError) as problem:
            print(f"No screenshot of the failure: {problem}", file=sys.stderr)

    def windows(self):
        """Titles of the windows the window manager knows, by number."""
        answer = self.tool("xprop", "-root", "_NET_CLIENT_LIST")
        numbers = [int(word, 16) for word in re.findall(r"0x[0-9a-f]+", answer)]
        titles = {}
        for number in numbers:
            title = self.tool("xdotool", "getwindowname", number, check=False).rstrip("\n")
            titles[number] = title
        return titles

    def find_window(self, title):
        found = [number for number, text in self.windows().items() if re.search(title, text)]
        return found[-1] if found else None

    def wait_for_window(self, title, timeout=20):
        return wait_until(lambda: self.find_window(title), timeout, f"a window titled /{title}/")

    def wait_for_no_window(self, title, timeout=20):
        wait_until(lambda: not self.find_window(title), timeout,
                   f"the windows titled /{title}/ to close")

    def geometry(self, window):
        """x, y, width, height of the window's own area. Not by xdotool: it counts the frame twice."""
        answer = self.tool("xwininfo", "-id", window, check=False)
        return tuple(int(found.group(1)) if (found := re.search(rf"{key}: +(-?\d+)", answer)) else 0
                     for key in ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height"))

    def activate(self, window):
        self.tool("xdotool", "windowactivate", "--sync", window)

    def close_window(self, window):
        """As the window's close button does: a request, which the program may answer by asking."""
        self.tool("xdotool", "windowactivate", "--sync", window, "key", "alt+F4")

    # -- hands

    def move(self, x, y):
        self.tool("xdotool", "mousemove", x, y)

    def click(self, x, y, button=1, double=False):
        repeat = ["--repeat", "2", "--delay", "60"] if double else []
        self.tool("xdotool", "mousemove", x, y, "click", *repeat, button)

    def keys(self, *chords):
        """Presses keys by their X names, as in keys("Down", "ctrl+a")."""
        for chord in chords:
            self.tool("xdotool", "key", "--delay", "40", chord)

    def type(self, text):
        self.tool("xdotool", "type", "--delay", "40", "--", text)
