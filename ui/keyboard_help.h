// SPDX-License-Identifier: GPL-3.0-or-later
// What the host key does alone and with other keys, as a table; and the about box.
#pragma once

class QString;
class QWidget;

namespace ui {

class ConsoleActions;

void showKeyboardHelp(const ConsoleActions &actions, const QString &hostKey, QWidget *parent);
void showAbout(QWidget *parent);

} // namespace ui
