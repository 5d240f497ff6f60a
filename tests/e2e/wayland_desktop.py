# SPDX-License-Identifier: GPL-3.0-or-later
"""A Wayland desktop of its own for one test: sway without a screen, two outputs beside each other,
looked at with grim. Qt on Wayland does not know where a window is, so what the accessibility tree
calls a place on the screen counts from the window's corner: see `origin`."""
import json
import os
import pathlib
import shutil

import desktop
from desktop import wait_until
from picture import Picture
from wayland_hands import Hands, socket_path

CONFIG = """
xwayland disable
focus_follows_mouse no
default_border normal
default_floating_border normal
for_window [title=".*"] floating enable
output HEADLESS-1 resolution {width}x{height} position 0 0
output HEADLESS-2 resolution 1280x1024 position {width} 0
workspace 1 output HEADLESS-1
workspace 2 output HEADLESS-2
seat seat0 fallback true
seat seat0 pointer_constraint enable
bindsym Mod4+x exec touch {mark}
bindsym --inhibited Mod4+Escape seat - shortcuts_inhibitor deactivate
bindsym Mod1+F4 exec touch {mark}
"""


def missing():
    """The Debian packages that this desktop needs and that are not there."""
    return [package for package in ("sway", "grim") if not shutil.which(package)]


class WaylandDesktop(desktop.Desktop):
    def _start_screen(self):
        self.mark_path = self.stage.temporary / "binding-fired"
        config = self.stage.temporary / "sway.conf"
        config.write_text(CONFIG.format(width=self.width, height=self.height, mark=self.mark_path))
        self.environment.update(
            WLR_BACKENDS="headless", WLR_HEADLESS_OUTPUTS="2", WLR_LIBINPUT_NO_DEVICES="1",
            WLR_RENDERER="pixman", QT_QPA_PLATFORM="wayland", XDG_SESSION_TYPE="wayland")
        self.environment.pop("DISPLAY", None)
        self.run(["sway", "--config", config])
        runtime = pathlib.Path(self.environment["XDG_RUNTIME_DIR"])

        def find():
            displays = [path for path in runtime.glob("wayland-*") if path.suffix != ".lock"]
            control = list(runtime.glob("sway-ipc.*.sock"))
            return (displays[0].name, str(control[0])) if displays and control else None
        self.environment["WAYLAND_DISPLAY"], self.environment["SWAYSOCK"] = \
            wait_until(find, 20, "sway to open its sockets")
        self.hands = Hands(socket_path(self.environment))
        self._exit.callback(self.hands.close)
        self.origin = (0, 0)
        self.run(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"])

    # -- what is there

    def sway(self, *words):
        return self.tool("swaymsg", *words)

    def ask(self, kind):
        return json.loads(self.tool("swaymsg", "-r", "-t", kind))

    def containers(self):
        """Every window sway shows, by its number."""
        found = {}

        def walk(node, output):
            if node["type"] == "output":
                output = node["name"]
            if node.get("pid"):
                found[node["id"]] = {**node, "output": output}
            for child in node["nodes"] + node["floating_nodes"]:
                walk(child, output)
        walk(self.ask("get_tree"), None)
        return found

    def windows(self):
        return {number: node["name"] or "" for number, node in self.containers().items()}

    def geometry(self, window):
        node = self.containers().get(window)
        if node is None:
            return 0, 0, 0, 0
        outer, inner = node["rect"], node["window_rect"]
        return outer["x"] + inner["x"], outer["y"] + inner["y"], inner["width"], inner["height"]

    def activate(self, window):
        self.sway(f"[con_id={window}] focus")

    def close_window(self, window):
        self.sway(f"[con_id={window}] kill")

    def look(self, rectangle=None, scale=None):
        """In logical pixels of the desktop; at a scale, a picture of so many pixels each."""
        path = self.stage.temporary / "screen.ppm"
        area = ["-g", "{},{} {}x{}".format(*rectangle)] if rectangle else []
        scaled = ["-s", scale] if scale else []
        self.tool("grim", "-t", "ppm", *scaled, *area, path)
        return Picture.from_file(path)

    def fired(self):
        """Whether a key binding of the desktop's was used since the last time."""
        try:
            os.unlink(self.mark_path)
            return True
        except FileNotFoundError:
            return False

    # -- hands

    def extent(self):
        boxes = [output["rect"] for output in self.ask("get_outputs")]
        return (max(box["x"] + box["width"] for box in boxes),
                max(box["y"] + box["height"] for box in boxes))

    def move(self, x, y):
        self.hands.move_to(self.origin[0] + x, self.origin[1] + y, *self.extent())

    def click(self, x, y, button=1, double=False):
        self.move(x, y)
        self.hands.click(button)
        if double:
            self.hands.click(button)

    def keys(self, *chords):
        for chord in chords:
            self.hands.chord(chord)

    def type(self, text):
        for letter in text:
            self.hands.chord({" ": "space", "/": "slash", "-": "minus"}.get(letter, letter))
