// SPDX-License-Identifier: GPL-3.0-or-later
// The host's screens, and how one is known again after it was unplugged, or the computer started.
#pragma once

#include <QtCore/QString>

class QScreen;

namespace ui {

// What is stored: maker, model, serial number and connector, as far as the platform tells them.
struct ScreenIdentity
{
    QString maker;
    QString model;
    QString serial;
    QString connector; // "HDMI-A-1"

    bool isEmpty() const { return connector.isEmpty() && model.isEmpty(); }
    bool operator==(const ScreenIdentity &) const = default;

    QString toText() const; // one line, for a file
    static ScreenIdentity fromText(const QString &text);
};

ScreenIdentity identityOf(const QScreen &screen);

// The screen with this identity: the very same, else the same device at another connector, if it
// has a serial number to be told by. nullptr when it is not there.
QScreen *findScreen(const ScreenIdentity &identity);

// "2: Dell U2720Q (3840 × 2160)", in device pixels; the number is the place in
// QGuiApplication::screens().
QString screenLabel(const QScreen &screen);

} // namespace ui
