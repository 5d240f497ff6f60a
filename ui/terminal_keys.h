// SPDX-License-Identifier: GPL-3.0-or-later
// What a key of the desktop sends to a guest at the other end of a serial line.
#pragma once

#include <QtCore/QByteArray>

class QKeyEvent;

namespace ui {

// Empty: nothing. `areArrowsForPrograms`: DECCKM.
QByteArray terminalKey(const QKeyEvent &event, bool areArrowsForPrograms);

} // namespace ui
