// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal_colors.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ui {

namespace {

// Sixteen with names, the cube and the grays of xterm.
QRgb colorOf(int number)
{
    static constexpr std::array<QRgb, 16> First = {0xff1b1b1b, 0xffe05561, 0xff8cc265, 0xffd18f52,
                                                   0xff4aa5f0, 0xffc162de, 0xff42b3c2, 0xffd7dae0,
                                                   0xff7f848e, 0xffff616e, 0xffa5e075, 0xfff0a45d,
                                                   0xff4dc4ff, 0xffde73ff, 0xff4cd1e0, 0xffffffff};
    if (number < 16)
        return First[std::size_t(std::max(0, number))];
    if (number >= 232) {
        const int gray = 8 + (number - 232) * 10;
        return qRgb(gray, gray, gray);
    }
    const auto level = [number](int divisor) {
        const int step = (number - 16) / divisor % 6;
        return step == 0 ? 0 : 55 + 40 * step;
    };
    return qRgb(level(36), level(6), level(1));
}

} // namespace

TerminalColors colorsOf(const TerminalCell &cell)
{
    // Bold has always been bright, too.
    const int ink = cell.isBold && cell.ink >= 0 && cell.ink < 8 ? cell.ink + 8 : cell.ink;
    TerminalColors colors;
    if (ink >= 0)
        colors.ink = colorOf(ink);
    else if (cell.isBold)
        colors.ink = 0xffffffff;
    if (cell.paper >= 0)
        colors.paper = colorOf(cell.paper);
    if (cell.isInverse)
        std::swap(colors.ink, colors.paper);
    return colors;
}

} // namespace ui
