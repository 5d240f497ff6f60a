// SPDX-License-Identifier: GPL-3.0-or-later
// The colors of a terminal, which is dark on light and dark desktops alike: boot loaders and
// installers choose theirs for a dark one.
#pragma once

#include "ui/terminal_page.h"

#include <QtGui/QRgb>

namespace ui {

struct TerminalColors
{
    static constexpr QRgb Paper = 0xff1b1b1b;
    static constexpr QRgb Ink = 0xffdcdcdc;
    static constexpr QRgb SelectedPaper = 0xff3465a4;
    static constexpr QRgb SelectedInk = 0xffffffff;

    QRgb ink = Ink;
    QRgb paper = Paper;
};

TerminalColors colorsOf(const TerminalCell &cell);

} // namespace ui
