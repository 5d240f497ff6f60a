# SPDX-License-Identifier: GPL-3.0-or-later
"""What QEMU was told by keyboard and mouse: a program of QEMU's name, earlier in the PATH, that asks
the real one to write its input events down."""
import os
import re
import shutil


class QemuTrace:
    def __init__(self, desktop):
        folder = desktop.stage.temporary / "traced"
        folder.mkdir(exist_ok=True)
        self.path = folder / "events"
        self.path.unlink(missing_ok=True)
        real = shutil.which("qemu-system-x86_64", path="/usr/bin:/bin")
        wrapper = folder / "qemu-system-x86_64"
        # Asked about itself, QEMU takes no further words.
        wrapper.write_text("#!/bin/sh\n"
                           f'case " $* " in *" -spice "*) exec {real} "$@" '
                           f"-trace 'input_event_*' -D {self.path};; esac\n"
                           f'exec {real} "$@"\n')
        os.chmod(wrapper, 0o755)
        if str(folder) not in desktop.environment["PATH"]:
            desktop.environment["PATH"] = f"{folder}:{desktop.environment['PATH']}"

    def text(self):
        return self.path.read_text(errors="replace") if self.path.exists() else ""

    def keys(self):
        """"+f4", "-f4", in order."""
        return [("+" if down == "1" else "-") + name for name, down
                in re.findall(r"key qcode (\w+), down (\d)", self.text())]

    def buttons(self):
        return [("+" if down == "1" else "-") + name for name, down
                in re.findall(r"button ([\w-]+), down (\d)", self.text())]

    def motion(self):
        """The sum of all relative motion."""
        total = {"x": 0, "y": 0}
        for axis, value in re.findall(r"rel.*axis (\w), value (-?\d+)", self.text()):
            total[axis] += int(value)
        return total["x"], total["y"]
