// SPDX-License-Identifier: GPL-3.0-or-later
// Scan code set 1 bytes (IBM PS/2 Hardware Interface Technical Reference) to the keys they name: as
// an InputSink takes them, and as events of QMP's input-send-event. Pure.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>
#include <QtCore/QList>

namespace engine {

struct KeyStroke
{
    ScanCode code = 0;
    KeyMotion motion = KeyMotion::Press;

    bool operator==(const KeyStroke &) const = default;
};

// One for each key pressed or released, in order. A prefix at the very end, and bytes that name no
// key, give nothing.
QList<KeyStroke> keyStrokes(const QByteArray &scanCodes);
QList<QJsonObject> keyEvents(const QByteArray &scanCodes);

} // namespace engine
