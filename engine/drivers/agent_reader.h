// SPDX-License-Identifier: GPL-3.0-or-later
// What comes from a guest's agent, cut into answers. The guest may send anything: nothing is kept
// beyond the bound, and what is before the answer to guest-sync-delimited is dropped unread
// (docs/interop/qemu-ga.rst: the agent puts one byte 0xff, which is in no UTF-8, before it).
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>

#include <optional>

namespace engine {

class AgentReader final
{
public:
    static constexpr char Delimiter = char(0xff);
    // Other answers to us; that to guest-exec-status holds a program's whole output.
    static constexpr qsizetype UsualBytes = 1024 * 1024;
    static constexpr qsizetype MostBytes = 48 * 1024 * 1024;

    // Forgets what came so far; next() says nothing before the agent has repeated the token.
    void synchronize(qint64 token);
    bool isSynchronized() const { return m_isSynchronized; }
    void setLimit(qsizetype bytes) { m_limit = bytes; }

    // Corrupt when an answer is longer than the limit.
    Result<> feed(const QByteArray &bytes);
    // The next whole answer. Corrupt for a line that is no JSON object.
    std::optional<Result<QJsonObject>> next();

private:
    void skipToToken();

    QByteArray m_buffer;
    qint64 m_token = 0;
    qsizetype m_limit = UsualBytes;
    bool m_isSynchronized = false;
    bool m_isDelimited = false; // while looking for the token: the delimiter was there
};

} // namespace engine
