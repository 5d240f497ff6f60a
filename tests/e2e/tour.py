#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vitrine without a display: opens an ISO (Debian's graphical installer, if none is given) in the
new-machine wizard on a virtual desktop, presses Return, waits for the guest, and leaves pictures of
it all."""
import os
import pathlib
import sys
import time

import stage

ISO = "debian-gtk.iso"


def tour():
    import desktop as desktops
    from desktop import Timeout, wait_until
    with desktops.Desktop(1280, 800) as desktop:
        from product import Product
        product = Product(desktop)
        [iso] = desktop.stage.media.iterdir()
        _, manager = product.manager(iso)
        wizard = desktop.wait_for_window("^New Machine", 60)
        # Detection is done when the window has stopped changing.
        wait_for_rest(desktop, desktop.geometry(wizard), 1.5, 60)
        desktop.screenshot("1-wizard")
        desktop.activate(wizard)
        desktop.keys("Return")
        wait_until(lambda: wizard not in desktop.windows(), 60, "the wizard to make the machine")
        name = wait_until(lambda: machine_name(product), 60, "a machine to be there")
        product.machines.append(name)
        try:
            window = product.window(name, 120)
            wait_until(lambda: not window.look().is_flat(), 120, "the guest's first picture")
            desktop.screenshot("2-started")
            try:
                picture = wait_for_guest(window, iso.name == ISO)
            except Timeout as problem:
                print(f"{problem}; the pictures show how far it came", file=sys.stderr)
                picture = window.look()
            picture.save(desktop.stage.output / "4-guest.png")
            desktop.activate(window.number)
            desktop.screenshot("3-machine")
            desktop.activate(manager)
            # Its preview of the guest comes a moment later.
            wait_for_rest(desktop, desktop.geometry(manager), 2, 15)
            desktop.screenshot("5-manager")
        finally:
            product.power_off_all()
        return 0


def machine_name(product):
    names = [line.split('"')[1] for line in product.ctl("list", "vms").splitlines() if '"' in line]
    return names[0] if names else None


def wait_for_rest(desktop, rectangle, seconds, timeout):
    """Until nothing in the rectangle has moved for so long; a clock may tick on beyond the timeout."""
    before, since = desktop.look(rectangle), time.monotonic()
    end = since + timeout
    while time.monotonic() < end and time.monotonic() - since < seconds:
        time.sleep(0.1)
        now = desktop.look(rectangle)
        if now.changed(before):
            before, since = now, time.monotonic()


def wait_for_guest(window, is_known):
    """The language list of the installer; of another system, a picture at rest."""
    if is_known:
        import guests
        return window.wait_for(guests.DEBIAN_GTK)
    # A few pixels are a blinking cursor.
    return window.settle(6, 300, least=200, at_least=30)


if __name__ == "__main__":
    wanted = [ISO]
    if stage.VARIABLE not in os.environ:
        given = [word for word in sys.argv[1:] if pathlib.Path(word).is_file()]
        if given:
            wanted = [pathlib.Path(given[0]).resolve()]
            sys.argv.remove(given[0])
    stage.main(tour, wanted, output="tour")
