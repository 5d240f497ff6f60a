#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a pseudo-translation out of the source texts of a .ts file: accented letters, some 40 %
longer, in brackets, so that texts that are cut, crowded or not translatable are seen at a glance.
Placeholders (%1, %n, &x mnemonics, tags, file patterns) stay as they are.

Usage: make_pseudo.py SOURCE.ts TARGET.ts
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")
FILLER = "wörtlich läng "
# What must survive: place markers, tags, entities, mnemonics, masks such as (*.iso *.img).
KEPT = re.compile(r"%L?\d+|%n|<[^>]*>|&[A-Za-z0-9]|\(\*[^)]*\)|;;|\*\.\w+|\t.*|\n")


def pseudo(text):
    if not text.strip():
        return text
    parts, last = [], 0
    for match in KEPT.finditer(text):
        parts.append(text[last:match.start()].translate(ACCENTS))
        parts.append(match.group())
        last = match.end()
    parts.append(text[last:].translate(ACCENTS))
    extra = max(2, round(len(text) * 0.4) - 2)
    filler = (FILLER * (extra // len(FILLER) + 1))[:extra].strip()
    if ";;" in text or "(*" in text:  # file filters: words may only stand before the mask
        return "".join(parts)
    return "[" + "".join(parts) + " " + filler + "]"


def main():
    source, target = sys.argv[1:]
    tree = ElementTree.parse(source)
    tree.getroot().set("language", "en_XA")
    for message in tree.getroot().iter("message"):
        text = message.findtext("source", "")
        translation = message.find("translation")
        numerus = message.get("numerus") == "yes"
        translation.clear()
        if numerus:
            for _ in range(2):
                ElementTree.SubElement(translation, "numerusform").text = pseudo(text)
        else:
            translation.text = pseudo(text)
    tree.write(target, encoding="utf-8", xml_declaration=True)


if __name__ == "__main__":
    main()
