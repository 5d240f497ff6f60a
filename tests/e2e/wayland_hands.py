# SPDX-License-Identifier: GPL-3.0-or-later
"""A keyboard and a mouse for a wlroots compositor: the protocols virtual-keyboard-unstable-v1 and
wlr-virtual-pointer-unstable-v1, spoken straight over the socket (Wayland protocol, "Wire format").

wtype would give each letter a key code of its own; a guest is typed into by the codes of a real
keyboard, so these are sent with an ordinary map."""
import os
import socket
import struct
import tempfile
import time

DISPLAY = 1
KEYMAP = """xkb_keymap {
  xkb_keycodes { include "evdev+aliases(qwerty)" };
  xkb_types { include "complete" };
  xkb_compat { include "complete" };
  xkb_symbols { include "pc+us+inet(evdev)" };
};
"""

# linux/input-event-codes.h
KEYS = {"Escape": 1, "minus": 12, "equal": 13, "BackSpace": 14, "Tab": 15, "Return": 28,
        "Control_L": 29, "Shift_L": 42, "slash": 53, "Alt_L": 56, "space": 57, "Caps_Lock": 58,
        "F4": 62, "Control_R": 97, "Home": 102, "Up": 103, "Down": 108, "Super_L": 125,
        **{letter: code for row, first in (("qwertyuiop", 16), ("asdfghjkl", 30), ("zxcvbnm", 44))
           for code, letter in enumerate(row, first)},
        **{digit: code for code, digit in enumerate("1234567890", 2)}}
# Modifier masks of that map, by key code.
MODIFIERS = {42: 1, 29: 4, 97: 4, 56: 8, 125: 64}
CAPS_LOCK, CAPS_MASK = 58, 2
BUTTONS = {1: 0x110, 2: 0x112, 3: 0x111, 8: 0x113, 9: 0x114}


class Hands:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(path))
        self.buffer = b""
        self.next_id = DISPLAY + 1
        self.globals = {}
        self.done = set()
        self.registry = self.new_id()
        self.send(DISPLAY, 1, struct.pack("=I", self.registry))
        self.sync()
        seat = self.bind("wl_seat")
        pointers = self.bind("zwlr_virtual_pointer_manager_v1")
        keyboards = self.bind("zwp_virtual_keyboard_manager_v1")
        self.pointer, self.keyboard = self.new_id(), None
        self.send(pointers, 0, struct.pack("=II", seat, self.pointer))
        self.keyboard = self.new_id()
        self.send(keyboards, 0, struct.pack("=II", seat, self.keyboard))
        text = KEYMAP.encode() + b"\0"
        with tempfile.TemporaryFile() as file:
            file.write(text)
            file.flush()
            self.send(self.keyboard, 0, struct.pack("=II", 1, len(text)), [file.fileno()])
            self.sync()
        self.held, self.locked = 0, 0

    def close(self):
        self.socket.close()

    # -- the wire

    def new_id(self):
        self.next_id += 1
        return self.next_id - 1

    def send(self, target, opcode, body, descriptors=()):
        message = struct.pack("=II", target, (8 + len(body)) << 16 | opcode) + body
        if descriptors:
            socket.send_fds(self.socket, [message], list(descriptors))
        else:
            self.socket.sendall(message)

    def bind(self, interface):
        if interface not in self.globals:
            raise RuntimeError(f"The compositor does not offer {interface}")
        number = self.new_id()
        name = interface.encode() + b"\0"
        padded = name + b"\0" * (-len(name) % 4)
        self.send(self.registry, 0, struct.pack("=II", self.globals[interface], len(name)) + padded
                  + struct.pack("=II", 1, number))
        return number

    def sync(self):
        """Until the compositor has done what it was told."""
        callback = self.new_id()
        self.send(DISPLAY, 0, struct.pack("=I", callback))
        self.socket.settimeout(20)
        while callback not in self.done:
            data = self.socket.recv(65536)
            if not data:
                raise RuntimeError("The compositor has closed the connection")
            self.buffer += data
            while len(self.buffer) >= 8:
                sender, word = struct.unpack_from("=II", self.buffer)
                if len(self.buffer) < word >> 16:
                    break
                self.take(sender, word & 0xffff, self.buffer[8:word >> 16])
                self.buffer = self.buffer[word >> 16:]

    def take(self, sender, opcode, body):
        if sender == DISPLAY and opcode == 0:
            raise RuntimeError(f"Protocol error: {body[12:].decode(errors='replace')}")
        if sender == self.registry and opcode == 0:
            name, length = struct.unpack_from("=II", body)
            self.globals[body[8:8 + length - 1].decode()] = name
        elif sender > DISPLAY and opcode == 0 and len(body) == 4:
            self.done.add(sender)

    # -- the pointer

    @staticmethod
    def now():
        return int(time.monotonic() * 1000) & 0xffffffff

    def frame(self):
        self.send(self.pointer, 4, b"")
        self.sync()

    def move_to(self, x, y, width, height):
        """To a place on a desktop of that size."""
        self.send(self.pointer, 1, struct.pack("=IIIII", self.now(), x, y, width, height))
        self.frame()

    def move_by(self, x, y):
        self.send(self.pointer, 0, struct.pack("=Iii", self.now(), int(x * 256), int(y * 256)))
        self.frame()

    def button(self, number, is_down):
        self.send(self.pointer, 2, struct.pack("=III", self.now(), BUTTONS[number], is_down))
        self.frame()

    def click(self, number=1):
        self.button(number, 1)
        self.button(number, 0)

    def wheel(self, notches, axis=0):
        """Down, or with axis 1 to the right."""
        self.send(self.pointer, 5, struct.pack("=I", 0))
        self.send(self.pointer, 7,
                  struct.pack("=IIii", self.now(), axis, int(15 * 256 * notches), notches))
        self.frame()

    # -- the keyboard

    def key(self, code, is_down):
        self.send(self.keyboard, 1, struct.pack("=III", self.now(), code, is_down))
        mask = MODIFIERS.get(code, 0)
        self.held = self.held | mask if is_down else self.held & ~mask
        if code == CAPS_LOCK and is_down:
            self.locked ^= CAPS_MASK
        self.send(self.keyboard, 2, struct.pack("=IIII", self.held, 0, self.locked, 0))
        self.sync()

    def chord(self, text):
        """As in "Control_R+f"; a plus alone is no key of this map without Shift."""
        codes = [KEYS[name] for name in text.split("+")]
        for code in codes:
            self.key(code, 1)
            time.sleep(0.03)
        for code in reversed(codes):
            self.key(code, 0)
            time.sleep(0.03)


def socket_path(environment):
    return os.path.join(environment["XDG_RUNTIME_DIR"], environment["WAYLAND_DISPLAY"])
