#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window from which a file can be dragged, as from a file manager's.

    drag_source.py FILE
"""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402


def main(path):
    window = Gtk.Window(title="Drag from here")
    window.set_default_size(200, 120)
    label = Gtk.EventBox()
    label.add(Gtk.Label(label=pathlib.Path(path).name))
    label.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    label.drag_source_add_uri_targets()
    label.connect("drag-data-get", lambda _, __, data, *___: data.set_uris([pathlib.Path(path).as_uri()]))
    label.connect("drag-end", lambda *_: print("the drag has ended", flush=True))
    window.add(label)
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    Gtk.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
