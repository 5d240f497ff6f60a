// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal_keys.h"

#include <QtGui/QKeyEvent>

#include <array>

namespace ui {

// VT100 User Guide, chapter 3 ("Cursor control keys"); the other keys as xterm sends them.
QByteArray terminalKey(const QKeyEvent &event, bool areArrowsForPrograms)
{
    const QByteArray arrow = areArrowsForPrograms ? "\x1bO" : "\x1b[";
    switch (event.key()) {
    case Qt::Key_Up:
        return arrow + 'A';
    case Qt::Key_Down:
        return arrow + 'B';
    case Qt::Key_Right:
        return arrow + 'C';
    case Qt::Key_Left:
        return arrow + 'D';
    case Qt::Key_Home:
        return "\x1b[1~";
    case Qt::Key_Insert:
        return "\x1b[2~";
    case Qt::Key_Delete:
        return "\x1b[3~";
    case Qt::Key_End:
        return "\x1b[4~";
    case Qt::Key_PageUp:
        return "\x1b[5~";
    case Qt::Key_PageDown:
        return "\x1b[6~";
    case Qt::Key_Backspace:
        return "\x7f";
    case Qt::Key_Tab:
        return "\t";
    case Qt::Key_Backtab:
        return "\x1b[Z";
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return "\r";
    case Qt::Key_Escape:
        return "\x1b";
    default:
        break;
    }
    if (event.key() >= Qt::Key_F1 && event.key() <= Qt::Key_F12) {
        static constexpr std::array<const char *, 12> Keys = {
            "\x1bOP",   "\x1bOQ",   "\x1bOR",   "\x1bOS",   "\x1b[15~", "\x1b[17~",
            "\x1b[18~", "\x1b[19~", "\x1b[20~", "\x1b[21~", "\x1b[23~", "\x1b[24~"};
        return Keys[std::size_t(event.key() - Qt::Key_F1)];
    }
    const bool isControl = event.modifiers().testFlag(Qt::ControlModifier);
    if (isControl && event.key() >= Qt::Key_At && event.key() <= Qt::Key_Underscore)
        return QByteArray(1, char(event.key() - Qt::Key_At));
    if (isControl && event.key() == Qt::Key_Space)
        return QByteArray(1, '\0');
    const QByteArray text = event.text().toUtf8();
    if (text.isEmpty())
        return {};
    return event.modifiers().testFlag(Qt::AltModifier) ? '\x1b' + text : text;
}

} // namespace ui
