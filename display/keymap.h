// SPDX-License-Identifier: GPL-3.0-or-later
// Host keys to PC scan codes set 1, and names of chords. Tables only.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

class QKeyEvent;

namespace display {

// Linux evdev code (linux/input-event-codes.h) to set 1; nullopt for keys a PC keyboard lacks.
std::optional<engine::ScanCode> scanCodeFromEvdev(unsigned evdevCode);

// From a Qt event: the native code where the platform gives one (evdev + 8 on X11 and Wayland),
// else by Qt::Key on a US layout, as with synthetic events.
std::optional<engine::ScanCode> scanCodeFromEvent(const QKeyEvent &event);

// Keys that may be the host key, in the order to offer them.
QList<engine::ScanCode> hostKeyChoices();

// The words to show for a key: "Right Ctrl" for 0x11d. Never empty.
QString keyName(engine::ScanCode code);
QString keyNames(const QList<engine::ScanCode> &codes); // "Left Ctrl + Left Alt"

} // namespace display
