// SPDX-License-Identifier: GPL-3.0-or-later
// Scan code set 1 bytes (IBM PS/2 Hardware Interface Technical Reference) to the key events of
// QMP's input-send-event. Pure.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>
#include <QtCore/QList>

namespace engine {

// One event for each key pressed or released, in order. A prefix at the very end, and bytes that
// name no key, give nothing.
QList<QJsonObject> keyEvents(const QByteArray &scanCodes);

} // namespace engine
