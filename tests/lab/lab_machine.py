# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of the product inside the lab, run by an ordinary user there: vitrinectl, the guest's
shell on its first serial port, and its screen."""

import collections
import os
import pathlib
import re
import socket
import subprocess
import threading
import time

USER = 1000
HOME = pathlib.Path("/tmp/user")
PROMPT = "lab> "


class Late(AssertionError):
    """What was waited for did not come."""


def wait_until(condition, timeout, what, every=0.2):
    """The first true value of condition(); Late says what was waited for."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Late(f"waited {timeout} s for {what}, which did not come")
        time.sleep(every)


def prepare_user():
    """A home for the user, and /dev/kvm for everybody, as where the user is in the group kvm."""
    os.chmod("/dev/kvm", 0o666)
    for folder in (HOME, HOME / "run"):
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, USER, USER)


def cost(machine):
    """KiB of each mapping's name, beyond the guest's memory, over all processes (PSS)."""
    result = collections.Counter()
    for pid in machine.processes():
        name = None
        with open(f"/proc/{pid}/smaps", encoding="utf-8") as file:
            for line in file:
                begin = re.match(r"([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)", line)
                if begin:
                    size = int(begin[2], 16) - int(begin[1], 16)
                    # Neighbors of the kernel's own making may have become one mapping with it.
                    is_guest = size >= machine.memory << 20 and size < (machine.memory + 16) << 20
                    name = None if is_guest else begin[3] or "no file"
                elif name and line.startswith("Pss:"):
                    result[name] += int(line.split()[1])
    return result


def as_user(words, **options):
    """A program of the user's, to its end."""
    environment = {"HOME": str(HOME), "XDG_RUNTIME_DIR": str(HOME / "run"), "LC_ALL": "C.UTF-8",
                   "PATH": "/usr/bin:/bin", **options.pop("environment", {})}
    return subprocess.run(
        ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *map(str, words)],
        env=environment, cwd=HOME, stdin=subprocess.DEVNULL, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


def checked_command(words, **environment):
    """A program of root's; it has to succeed."""
    done = subprocess.run(words, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, f"{words} ended with {done.returncode}: {done.stdout}"


# For a guest that does everything a hundred times slower than a computer, on a busy one.
PATIENCE = 1200


class Machine:
    """One machine. Its disk is a layer over an image that is only read."""

    def __init__(self, build, name, disk, memory=320, cpus=1):
        self.build, self.name = pathlib.Path(build), name
        self.environment = {}
        self._seen = ""  # all that came from the serial port
        self._read = 0  # how much of it was waited for
        self._socket = None
        self._lock = threading.Lock()
        self.serial_path = HOME / f"{name}.serial"
        self.layer = HOME / f"{name}.qcow2"
        self.make_layer(disk)
        self.memory, self.cpus = memory, cpus
        self.make()
        threading.Thread(target=self._listen, daemon=True).start()

    def make_layer(self, disk):
        """What the machine itself writes to."""
        self.checked(as_user(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", disk,
                              self.layer]))

    def make(self):
        """The machine itself, for its disk."""
        name = self.name
        self.ctl("createvm", "--name", name, "--register")
        self.ctl("modifyvm", name, "--engine", "kvm", "--memory", self.memory, "--cpus",
                 self.cpus,
                 "--nic1", "nat", "--nictype1", "virtio", "--mouse", "usbtablet",
                 "--uart1", "0x3F8", "4", "--uartmode1", "server", self.serial_path)
        self.ctl("storagectl", name, "--name", "Disks", "--add", "virtio")
        self.ctl("storageattach", name, "--storagectl", "Disks", "--port", 0, "--type", "hdd",
                 "--medium", self.layer)

    @staticmethod
    def checked(done):
        if done.returncode != 0:
            raise AssertionError(f"{done.args[4:]} ended with {done.returncode}: {done.stdout}")
        return done.stdout

    def ctl(self, *words, timeout=PATIENCE):
        return self.checked(as_user([self.build / "bin/vitrinectl", *words], timeout=timeout,
                                    environment=self.environment))

    def state(self):
        text = self.ctl("showvminfo", self.name, "--machinereadable")
        return re.search(r'VMState="(.*)"', text)[1]

    def start(self, kind="headless"):
        self.ctl("startvm", self.name, "--type", kind)

    def control(self, *words, timeout=PATIENCE):
        return self.ctl("controlvm", self.name, *words, timeout=timeout)

    def type(self, text):
        """Keys of a keyboard, as a user presses them; each line ends with Enter."""
        for line in text.splitlines():
            self.control("keyboardputstring", line)
            self.control("keyboardputscancode", "1c", "9c")

    def screenshot(self, name, monitor=0):
        """To a file of that name in LAB_OUT; monitors count from 0."""
        path = HOME / name
        self.control("screenshotpng", path, str(monitor))
        pathlib.Path(os.environ["LAB_OUT"], name).write_bytes(path.read_bytes())

    def keep(self, name, contents):
        """A file in LAB_OUT."""
        pathlib.Path(os.environ["LAB_OUT"], name).write_text(contents, encoding="utf-8")

    def own_log(self):
        """What the product wrote about it."""
        return as_user(["sh", "-c", f"cat ~/Vitrine/{self.name}/Logs/*"]).stdout

    def processes(self):
        """The process ids of all that the user runs: what a machine costs where it is the only one."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if entry.stat().st_uid == USER and (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                pass  # it has ended meanwhile
        return found

    # -- the serial port

    def _listen(self):
        """The socket is there as long as a process runs the machine; what comes is kept."""
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(str(self.serial_path))
            except OSError:
                connection.close()
                time.sleep(0.05)
                continue
            self._socket = connection
            try:
                while data := connection.recv(4096):
                    with self._lock:
                        self._seen += data.decode(errors="replace")
                    # As it comes: a lab that is late is stopped, and then this is all there is.
                    with open(f"{os.environ['LAB_OUT']}/{self.name}.serial", "ab") as file:
                        file.write(data)
            except OSError:
                pass
            self._socket = None
            connection.close()

    def log(self):
        with self._lock:
            return self._seen

    def expect(self, pattern, timeout, what=None):
        """The next match, among what was not waited for yet; it is the last that was waited for."""
        def found():
            text = self.log()
            match = re.search(pattern, text[self._read:], re.MULTILINE)
            if match:
                self._read += match.end()
            return match
        try:
            return wait_until(found, timeout, what or f"'{pattern}' on the serial port", 0.05)
        except Late as late:
            raise Late(f"{late}\nIt printed last: {self.log()[-1500:]!r}") from None

    def send(self, text):
        wait_until(lambda: self._socket, 30, "the serial port to be connected")
        self._socket.sendall(text.encode())

    def log_in(self, timeout=PATIENCE):
        self.expect(r"login: ", timeout)
        self.send("root\n")
        self.expect("Password: ", PATIENCE)
        self.send("root\n")
        self.expect(re.escape(PROMPT), PATIENCE)
        # No escape sequences between what commands print.
        self.send("bind 'set enable-bracketed-paste off'\n")
        self.expect(re.escape(PROMPT), PATIENCE)

    def run(self, command, timeout=PATIENCE):
        """A command in the guest's shell: its output. It has to succeed."""
        # The end is told from its echo by the quotes.
        self.send(f"{command}; echo E'ND' $?\n")
        begin = self._read
        match = self.expect(r"^END (\d+)\r?$", timeout, f"the end of '{command}'")
        text = self.log()[begin:self._read].replace("\r", "")
        self.expect(re.escape(PROMPT), PATIENCE)
        # Where the terminal echoes, the command stands before what it printed.
        output = text.rpartition("echo E'ND' $?\n")[2].rpartition("END ")[0]
        if match[1] != "0":
            raise AssertionError(f"'{command}' ended with {match[1]} in the guest: {output}")
        return output

    def power_off(self):
        self.control("poweroff")
