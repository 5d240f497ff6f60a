# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot media by name: ready-made ones out of Debian packages, the others made once and cached by
tests/media/make_*.sh."""
import os
import pathlib
import shutil
import subprocess

# Not there when this runs on the stage; only the guard makes media.
SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "media"

PACKAGED = {
    "grub-rescue.iso": "grubRescueIso",
    "ipxe.iso": "ipxeIso",
    "memtest.iso": "memtestIso",
}
MADE = {
    "debian-text.iso": ("make_debian_iso.sh", ["text"]),
    "debian-gtk.iso": ("make_debian_iso.sh", ["gtk"]),
    "debian-desktop.qcow2": ("make_desktop_disk.sh", []),
}


def ask(shell):
    """What a line of shell prints once it knows media.sh."""
    done = subprocess.run(["sh", "-c", f'. "{SCRIPTS}/media.sh"; {shell}'], check=True, text=True,
                          stdout=subprocess.PIPE)
    return done.stdout.strip()


def find(name):
    """The medium's path; makes it first if need be. A Path is a file of the user's own."""
    if isinstance(name, pathlib.Path):
        path = name
    elif name in PACKAGED:
        path = pathlib.Path(ask(f'needPath "${PACKAGED[name]}" "of the test media (media.sh)"; '
                                f'echo "${PACKAGED[name]}"'))
    else:
        script, arguments = MADE[name]
        path = pathlib.Path(ask("mediaFolder")) / name
        subprocess.run([SCRIPTS / script, path, *arguments], check=True)
    return path


def place(name, folder):
    """Puts the medium where an ordinary user reads it and cannot write it."""
    source = find(name)
    target = pathlib.Path(folder) / pathlib.Path(name).name
    try:
        # Of root's own file a link is as good as a copy; somebody else's could be written through it.
        if os.geteuid() != 0 or source.stat().st_mode & 0o022:
            raise OSError
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        os.chmod(target, 0o444)
