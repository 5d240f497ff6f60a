# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of QEMU's module for emulation that lives on where the original gives up: when a guest of the lab
writes CR8 while a virtual interrupt is pending, as UEFI does, tcg_handle_interrupt() finds the wrong lock not
held and ends QEMU (7.2 to 10.0). Without the check it does what it is there for; a request for an
interrupt may be lost in a race then, which a lab lives with and a user's QEMU should not."""

import glob
import os

MODULE = "accel-tcg-x86_64.so"
# test al, al; jne +0x24 (the lock is held); lea r8, [rip + ...] (the text of the assertion)
CHECK = bytes.fromhex("84c075244c8d05")
JUMP = 2  # jne
ALWAYS = 0xEB  # jmp


def make(folder):
    """The folder for QEMU_MODULE_DIR, or None where the module looks different."""
    found = glob.glob(f"/usr/lib/*/qemu/{MODULE}")
    if len(found) != 1:
        return None
    with open(found[0], "rb") as file:
        code = bytearray(file.read())
    place = code.find(CHECK)
    if b"tcg_handle_interrupt" not in code or place < 0 or code.find(CHECK, place + 1) >= 0:
        return None
    code[place + JUMP] = ALWAYS
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/{MODULE}", "wb") as file:
        file.write(code)
    return folder
