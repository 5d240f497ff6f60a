// SPDX-License-Identifier: GPL-3.0-or-later
// JSON objects over a stream, one a line: framing only. Used by both ends of the control socket.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>

#include <optional>

namespace engine {

class JsonLineReader final
{
public:
    static constexpr qsizetype MaxLineBytes = 1024 * 1024;

    // Appends what came in. Corrupt when a line grows over MaxLineBytes: drop the connection.
    Result<> feed(const QByteArray &bytes);
    // The next whole line as an object; nullopt when none is complete. A line that is no JSON
    // object comes out as an empty object.
    std::optional<QJsonObject> next();
    // What came in and is not a whole line yet, or was not asked for. The reader is empty then.
    QByteArray takeRest();

private:
    QByteArray m_buffer;
    qsizetype m_consumed = 0;
};

QByteArray toJsonLine(const QJsonObject &object);

} // namespace engine
