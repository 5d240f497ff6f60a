// SPDX-License-Identifier: GPL-3.0-or-later
// How a terminal writes: colors and emphasis (ECMA-48, 8.3.117 SGR, and the colors of xterm), and
// the line drawing of the VT100.
#pragma once

#include "ui/terminal_page.h"

#include <QtCore/QList>

namespace ui {

// What "CSI ... m" makes of the pen.
void setPen(TerminalCell &pen, const QList<int> &parameters);

// What a printable byte shows in the character set "DEC Special Graphics" (VT100 User Guide, table
// 3-9).
char32_t specialGraphic(char32_t character);

} // namespace ui
