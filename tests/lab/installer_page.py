# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's graphical installer, first page: a white list of languages with one bar in it."""

BAR = (42, 130, 122)
WHITE = (255, 255, 255)
TOLERANCE = 12


def lines(picture, color):
    """The lines that have the color where no text is: right of the middle."""
    wanted = color[::-1]
    places = [4 * (picture.width * part // 16) for part in (9, 11, 13)]
    return [y for y, row in enumerate(picture.rows)
            if all(abs(row[place + i] - wanted[i]) <= TOLERANCE for place in places for i in range(3))]


def bar(picture):
    """The first and the last line of the selection, or None."""
    found = lines(picture, BAR)
    # Other things have its color while a page is drawn.
    if not found or found[-1] - found[0] + 1 != len(found) or not 10 <= len(found) <= 60:
        return None
    return found[0], found[-1]


def is_reached(picture):
    return bool(bar(picture)) and len(lines(picture, WHITE)) > picture.height * 0.4
