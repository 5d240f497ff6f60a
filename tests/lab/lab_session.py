# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab that stays up: a test outside tells it what to run, one command after the other, and looks at
what came of it.

    with lab_session.Session(timeout=900) as session:
        print(session.run("vitrinectl list hostinfo").text)

Commands come and go by files in the folder that the lab shares with its host (LAB_OUT).
"""

import dataclasses
import math
import os
import shlex
import tempfile
import threading
import time

import lab

AGENT = """
number=1
while :; do
    while [ ! -e $LAB_OUT/do/$number ]; do sleep 0.2; done
    [ -e $LAB_OUT/do/end ] && exit 0
    sh $LAB_OUT/do/$number > $LAB_OUT/do/$number.text 2>&1 < /dev/null
    echo $? > $LAB_OUT/do/$number.new
    mv $LAB_OUT/do/$number.new $LAB_OUT/do/$number.code
    number=$((number + 1))
done
"""


@dataclasses.dataclass
class Answer:
    code: int
    text: str


class Ended(AssertionError):
    """The lab is no more, or what was waited for did not come."""


class Session:
    def __init__(self, timeout, memory=3072):
        self._folder = tempfile.TemporaryDirectory(prefix="vitrine-lab-")
        self.out = self._folder.name
        os.mkdir(self.out + "/do")
        self._number = 0
        self._problem = None
        self._printed = ""
        self._thread = threading.Thread(target=self._run_lab, args=(timeout, memory))

    def __enter__(self):
        self._thread.start()
        try:
            # As long as another lab takes; this one's own start has a limit.
            self.run("true", math.inf)
        except Ended:
            self.close()
            if isinstance(self._problem, lab.NoLab):
                raise self._problem from None
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._write("end", "")
        self._write(str(self._number + 1), "exit 0\n")
        self._thread.join()
        self._folder.cleanup()

    def _run_lab(self, timeout, memory):
        with open(self.out + "/agent", "w", encoding="utf-8") as file:
            file.write(AGENT)
        try:
            _, self._printed = lab.run(["sh", "/tmp/lab/agent"], timeout, memory, self.out)
        except lab.NoLab as why:
            self._problem = why

    def _write(self, name, text):
        with open(f"{self.out}/do/{name}.part", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(f"{self.out}/do/{name}.part", f"{self.out}/do/{name}")

    def _read(self, name):
        with open(f"{self.out}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read()

    def run(self, command, timeout=300, check=True):
        """A shell's command line; what it prints, errors too. It may leave programs running if it
        gives them files of their own to print to."""
        self._number += 1
        name = f"do/{self._number}"
        self._write(str(self._number), command + "\n")
        self.wait(lambda: os.path.exists(f"{self.out}/{name}.code"), timeout, command)
        answer = Answer(int(self._read(name + ".code")), self._read(name + ".text"))
        if check and answer.code != 0:
            raise AssertionError(f"{command}\nended with {answer.code}:\n{answer.text}")
        return answer

    def wait(self, condition, timeout, what):
        """The first true value of `condition()`."""
        end = time.monotonic() + timeout
        while True:
            value = condition()
            if value:
                return value
            if not self._thread.is_alive():
                raise Ended(f"The lab ended before: {what}\n{self._printed}")
            if time.monotonic() > end:
                raise Ended(f"Waited {timeout} s in vain for: {what}")
            time.sleep(0.2)

    def log(self, name):
        """A file of LAB_OUT, or "" while it is not there."""
        return self._read(name) if os.path.exists(f"{self.out}/{name}") else ""


def quoted(*words):
    return shlex.join([str(word) for word in words])
