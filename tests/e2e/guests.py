# SPDX-License-Identifier: GPL-3.0-or-later
"""The guests the tests run: real boot media, how to know their screens, and what a key does there.

Screens are known by screens/*.png (64x40 gray miniatures; see picture.resembles) or by the
share of a color. Times are generous: software emulation on two busy cores; waiting costs nothing
when a guest is early."""
import dataclasses
import pathlib

from picture import Picture

SCREENS = pathlib.Path(__file__).resolve().parent / "screens"


@dataclasses.dataclass(frozen=True)
class Guest:
    name: str
    medium: str
    memory: int                 # MiB
    timeout: int                # seconds until its screen
    screens: tuple = ()         # any of screens/<screen>.png
    colors: tuple = ()          # (red, green, blue, least share) each, instead of screens
    # (key, pixels, what): pressed in turn once the screen is there, each changes so many pixels.
    # That is more than a countdown or a blinking cursor changes on its own.
    keys: tuple = ()
    stay: str = ""  # a key that changes nothing but keeps a menu's countdown from ending
    firmware: str = "bios"
    is_disk: bool = False
    disk_format: str = "qcow2"

    def is_reached(self, picture):
        if picture.width < 100 or picture.height < 100:
            return False
        if self.colors:
            return all(picture.share(*color) >= least for *color, least in self.colors)
        return any(picture.resembles(reference(name)) >= 0.85 for name in self.screens)


_references = {}


def reference(name):
    if name not in _references:
        _references[name] = Picture.from_file(SCREENS / f"{name}.png")
    return _references[name]


GRUB = Guest("grub", "grub-rescue.iso", 256, 60, screens=("grub-menu", "grub-menu-second"), stay="Up",
             keys=(("Down", 5000, "move the selection"), ("Up", 5000, "move it back")))
IPXE = Guest("ipxe", "ipxe.iso", 256, 120, colors=((0, 170, 170, 0.0005),))
MEMTEST = Guest("memtest", "memtest.iso", 256, 180, colors=((0, 0, 170, 0.4),),
                keys=(("F1", 5000, "open the configuration"),))
DEBIAN_TEXT = Guest("debian-text", "debian-text.iso", 1024, 400,
                    # The gray dialog and the red bar of the selected language.
                    colors=((170, 170, 170, 0.4), (170, 0, 0, 0.004)),
                    keys=(("Down", 3000, "move the selection"), ("Up", 3000, "move it back")))
DEBIAN_GTK = Guest("debian-gtk", "debian-gtk.iso", 1024, 600,
                   # The white list and the green bar of the selected language.
                   colors=((255, 255, 255, 0.3), (42, 130, 122, 0.01)),
                   keys=(("Down", 3000, "move the selection"), ("Up", 3000, "move it back")))
DESKTOP = Guest("desktop", "debian-desktop.qcow2", 1024, 600, is_disk=True,
                # The desktop's blue and the terminal's white.
                colors=((0x33, 0x66, 0x99, 0.3), (255, 255, 255, 0.2)),
                keys=(("a", 10, "type in the terminal"),))
# tests/guests/horn.S; not one of those that every engine is shown with.
HORN = Guest("horn", "horn.bin", 256, 60, colors=((0, 0, 0, 0.99),), is_disk=True, disk_format="raw")
HORN_SOURCE = "build:tests/guests/horn.bin"

ALL = {guest.name: guest for guest in (GRUB, IPXE, MEMTEST, DEBIAN_TEXT, DEBIAN_GTK, DESKTOP)}
