// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences in menus, which are as wide as their longest entry.
#pragma once

#include <QtGui/QAction>

class QMenu;

namespace ui {

// Grey entries at the menu's end, one for each line of the text, the first one with the icon.
QList<QAction *> addWords(QMenu &menu, const QString &text, const QIcon &icon = {});

// In lines of a readable width, where words end.
QStringList wordLines(const QString &text);

} // namespace ui
