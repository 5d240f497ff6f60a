# SPDX-License-Identifier: GPL-3.0-or-later
"""Widgets by role and accessible name, as a screen reader finds them, and clicked as a person does:
with the pointer, in their middle. libatspi finds its bus once: one Desktop per process, and this is
imported after it is up."""
import re

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from desktop import Timeout, wait_until  # noqa: E402


def applications(pid=None):
    """The root widgets of all programs, or of one process."""
    # Events of programs that came or went wait in the main context; there is no main loop here.
    context = GLib.MainContext.default()
    while context.pending():
        context.iteration(False)
    roots = []
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        root = quietly(lambda: desktop.get_child_at_index(index))
        if root is None:
            continue
        # A cache would show the past: nothing here listens to changes.
        quietly(lambda: root.set_cache_mask(Atspi.Cache.NONE))
        if pid is None or quietly(root.get_process_id) == pid:
            roots.append(root)
    return roots


def quietly(question):
    """A widget may vanish while it is asked; then the answer is None."""
    try:
        return question()
    except GLib.Error:
        return None


class Widget:
    def __init__(self, desktop, accessible):
        self.desktop = desktop
        self.accessible = accessible

    @property
    def role(self):
        return quietly(self.accessible.get_role_name) or ""

    @property
    def name(self):
        # Qt puts a menu item's shortcut behind a tab.
        return (quietly(self.accessible.get_name) or "").split("\t")[0]

    @property
    def description(self):
        return quietly(self.accessible.get_description) or ""

    @property
    def text(self):
        """What an input field or a label says."""
        content = quietly(lambda: Atspi.Text.get_text(self.accessible, 0, -1))
        return content if content is not None else self.name

    def has(self, state):
        states = quietly(self.accessible.get_state_set)
        return bool(states) and states.contains(getattr(Atspi.StateType, state.upper()))

    @property
    def is_showing(self):
        return self.has("showing")

    @property
    def is_enabled(self):
        return self.has("enabled") and self.has("sensitive")

    @property
    def is_checked(self):
        return self.has("checked")

    @property
    def rectangle(self):
        """x, y, width, height on the screen."""
        box = quietly(lambda: self.accessible.get_extents(Atspi.CoordType.SCREEN))
        return (box.x, box.y, box.width, box.height) if box else (0, 0, 0, 0)

    @property
    def middle(self):
        x, y, width, height = self.rectangle
        return x + width // 2, y + height // 2

    def children(self):
        count = quietly(self.accessible.get_child_count) or 0
        for index in range(count):
            child = quietly(lambda: self.accessible.get_child_at_index(index))
            if child is not None:
                yield Widget(self.desktop, child)

    def walk(self):
        yield self
        for child in self.children():
            yield from child.walk()

    def look(self):
        return self.desktop.look(self.rectangle)

    def click(self, button=1, double=False):
        wait_until(lambda: self.is_enabled, 10, f"{self} to be usable")
        self.desktop.click(*self.middle, button, double)

    def press(self):
        """As a screen reader does: for what must be hit even while its window is on the move."""
        quietly(lambda: Atspi.Action.do_action(self.accessible, 0))

    def __str__(self):
        return f"{self.role} \"{self.name}\""


def find_all(desktop, role, name=".*", pid=None, inside=None):
    """Showing widgets with this role and a name that matches the whole expression."""
    tops = [inside] if inside else [Widget(desktop, root) for root in applications(pid)]
    return [widget for top in tops for widget in top.walk()
            if re.fullmatch(role, widget.role) and re.fullmatch(name, widget.name, re.DOTALL)
            and widget.is_showing]


def find(desktop, role, name=".*", timeout=15, pid=None, inside=None):
    """The first such widget; waits for it."""
    def look():
        found = find_all(desktop, role, name, pid, inside)
        return found[0] if found else None
    try:
        return wait_until(look, timeout, f"a {role} named /{name}/", every=0.2)
    except Timeout as problem:
        raise Timeout(f"{problem}. There is:\n{describe(desktop, pid, inside)}") from None


def describe(desktop, pid=None, inside=None):
    """Every named showing widget, for a message."""
    tops = [inside] if inside else [Widget(desktop, root) for root in applications(pid)]
    return "\n".join(f"  {widget}" for top in tops for widget in top.walk()
                     if widget.name and widget.is_showing)


def choose_menu(desktop, *path, pid=None):
    """Clicks through a menu bar: choose_menu(desktop, "Devices", "Optical Drives", ".*Eject")."""
    item = find(desktop, "menu item|menu", path[0], pid=pid)
    item.click()
    for name in path[1:]:
        item = find(desktop, "menu item|menu|check menu item|radio menu item", name, pid=pid)
        item.click()
