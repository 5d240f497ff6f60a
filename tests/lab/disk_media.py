# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests with a Debian disk need, made once and kept: the disk and a package to fetch."""

import glob
import os
import subprocess

import lab

MEDIA = os.path.dirname(lab.CACHE)
DISK = MEDIA + "/debian-lab.qcow2"


def disk():
    """The disk's path; made first, which takes some minutes."""
    maker = lab.PROJECT + "/tests/media/make_lab_disk.sh"
    done = subprocess.run(["sh", maker, DISK], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)
    if done.returncode != 0:
        raise lab.NoLab("the Debian disk cannot be made: " + done.stdout.strip()[-500:])
    return DISK


def package():
    """The path of Debian's package "hello"."""
    found = glob.glob(MEDIA + "/hello_*.deb")
    if not found:
        subprocess.run(["apt-get", "-q", "download", "hello"], cwd=MEDIA, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        found = glob.glob(MEDIA + "/hello_*.deb")
    if not found:
        raise lab.NoLab("apt-get cannot download the package hello")
    return found[0]
