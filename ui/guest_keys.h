// SPDX-License-Identifier: GPL-3.0-or-later
// Key combinations that a host would keep for itself, as the Input menu offers them, and how host
// chords are written. Scan codes: IBM PS/2 Hardware Interface Technical Reference, set 1.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QList>
#include <QtCore/QString>

namespace ui {

struct GuestKeys
{
    QString name; // object name of its action: "sendCtrlAltDelete"
    QString label; // translated: "Insert Ctrl+Alt+Del"
    QList<engine::ScanCode> codes;
    int hostKey = 0; // Qt::Key of the host chord that sends it; 0: none
};

QList<GuestKeys> guestKeys(const QList<engine::ScanCode> &hostKeys);
QList<GuestKeys> guestConsoleKeys(); // Ctrl+Alt+F1 to F12
QList<GuestKeys> guestRescueKeys(); // Alt+SysRq and a letter, for Linux guests that hang

QString hostChordText(int qtKey); // "Host+Del"

} // namespace ui
