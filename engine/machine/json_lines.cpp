// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/json_lines.h"

#include <QtCore/QJsonDocument>

namespace engine {

Result<> JsonLineReader::feed(const QByteArray &bytes)
{
    m_buffer.remove(0, m_consumed);
    m_consumed = 0;
    m_buffer.append(bytes);
    // Only the unfinished tail counts: many short lines may arrive at once.
    const qsizetype tail = m_buffer.size() - (m_buffer.lastIndexOf('\n') + 1);
    if (tail > MaxLineBytes)
        return Error(ErrorKind::Corrupt, "A message is longer than 1 MiB");
    return {};
}

std::optional<QJsonObject> JsonLineReader::next()
{
    const qsizetype end = m_buffer.indexOf('\n', m_consumed);
    if (end < 0)
        return std::nullopt;
    const QByteArray line = m_buffer.mid(m_consumed, end - m_consumed);
    m_consumed = end + 1;
    return QJsonDocument::fromJson(line).object();
}

QByteArray JsonLineReader::takeRest()
{
    const QByteArray rest = m_buffer.mid(m_consumed);
    m_buffer.clear();
    m_consumed = 0;
    return rest;
}

QByteArray toJsonLine(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

} // namespace engine
