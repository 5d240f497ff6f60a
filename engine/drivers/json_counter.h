// SPDX-License-Identifier: GPL-3.0-or-later
// A number that QEMU counts with and a guest may have a word in.
#pragma once

#include <QtCore/QJsonValue>

namespace engine {

// 0: no whole number, a negative one, or one beyond 2^63; QEMU says 2^64-1 for what nobody knows.
inline quint64 counterFromJson(const QJsonValue &value)
{
    const qint64 number = value.toInteger(0);
    return number > 0 ? quint64(number) : 0;
}

} // namespace engine
