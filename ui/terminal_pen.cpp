// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal_pen.h"

#include <algorithm>
#include <array>

namespace ui {

namespace {

// After 38 or 48: one of 256, or of the 6 by 6 by 6 cube the nearest to red, green and blue.
qint16 extendedColor(const QList<int> &parameters, qsizetype &index)
{
    const int kind = parameters.value(index + 1);
    if (kind == 5) {
        index += 2;
        return qint16(std::min(parameters.value(index), 255));
    }
    if (kind != 2)
        return -1;
    const auto step = [&](int part) {
        return std::min(parameters.value(index + 2 + part), 255) * 6 / 256;
    };
    const int color = 16 + 36 * step(0) + 6 * step(1) + step(2);
    index += 4;
    return qint16(color);
}

} // namespace

void setPen(TerminalCell &pen, const QList<int> &parameters)
{
    for (qsizetype i = 0; i < parameters.size(); ++i) {
        const int value = parameters[i];
        if (value == 0)
            pen = {};
        else if (value == 1)
            pen.isBold = true;
        else if (value == 4)
            pen.isUnderlined = true;
        else if (value == 7)
            pen.isInverse = true;
        else if (value == 22)
            pen.isBold = false;
        else if (value == 24)
            pen.isUnderlined = false;
        else if (value == 27)
            pen.isInverse = false;
        else if (value >= 30 && value <= 37)
            pen.ink = qint16(value - 30);
        else if (value == 38)
            pen.ink = extendedColor(parameters, i);
        else if (value == 39)
            pen.ink = -1;
        else if (value >= 40 && value <= 47)
            pen.paper = qint16(value - 40);
        else if (value == 48)
            pen.paper = extendedColor(parameters, i);
        else if (value == 49)
            pen.paper = -1;
        else if (value >= 90 && value <= 97)
            pen.ink = qint16(value - 90 + 8);
        else if (value >= 100 && value <= 107)
            pen.paper = qint16(value - 100 + 8);
    }
}

char32_t specialGraphic(char32_t character)
{
    // From 0x5f on: blank, diamond, checkerboard, HT, FF, CR, LF, degree, plus-minus, NL, VT,
    // corners and crossings, scan lines 1 to 9, tees, less, greater, pi, unequal, pound, dot.
    static constexpr std::array<char32_t, 32> Graphics = {
        0x00a0, 0x25c6, 0x2592, 0x2409, 0x240c, 0x240d, 0x240a, 0x00b0, 0x00b1, 0x2424, 0x240b,
        0x2518, 0x2510, 0x250c, 0x2514, 0x253c, 0x23ba, 0x23bb, 0x2500, 0x23bc, 0x23bd, 0x251c,
        0x2524, 0x2534, 0x252c, 0x2502, 0x2264, 0x2265, 0x03c0, 0x2260, 0x00a3, 0x00b7};
    return character >= 0x5f && character <= 0x7e ? Graphics[character - 0x5f] : character;
}

} // namespace ui
