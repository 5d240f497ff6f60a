// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/agent_reader.h"

#include <QtCore/QJsonDocument>

namespace engine {

void AgentReader::synchronize(qint64 token)
{
    m_buffer.clear();
    m_token = token;
    m_isSynchronized = false;
    m_isDelimited = false;
}

Result<> AgentReader::feed(const QByteArray &bytes)
{
    m_buffer.append(bytes);
    if (!m_isSynchronized)
        skipToToken();
    if (m_isSynchronized && m_buffer.size() > m_limit)
        return Error(ErrorKind::Corrupt, "The guest's agent sent more than was asked for");
    return {};
}

// Drops everything up to the answer that repeats the token, and that too.
void AgentReader::skipToToken()
{
    for (;;) {
        const qsizetype delimiter = m_buffer.indexOf(Delimiter);
        const qsizetype end = m_isDelimited ? m_buffer.indexOf('\n') : -1;
        if (delimiter >= 0 && (end < 0 || delimiter < end)) {
            m_buffer.remove(0, delimiter + 1);
            m_isDelimited = true;
            continue;
        }
        if (end < 0) {
            // No answer to us is that long.
            if (m_buffer.size() > UsualBytes)
                m_isDelimited = false;
            if (!m_isDelimited)
                m_buffer.clear();
            return;
        }
        const QJsonObject answer = QJsonDocument::fromJson(m_buffer.left(end)).object();
        m_buffer.remove(0, end + 1);
        m_isDelimited = false;
        if (answer[QLatin1String("return")].toInteger(-1) == m_token) {
            m_isSynchronized = true;
            return;
        }
    }
}

std::optional<Result<QJsonObject>> AgentReader::next()
{
    if (!m_isSynchronized)
        return std::nullopt;
    const qsizetype end = m_buffer.indexOf('\n');
    if (end < 0)
        return std::nullopt;
    const QJsonDocument document = QJsonDocument::fromJson(m_buffer.left(end));
    m_buffer.remove(0, end + 1);
    if (!document.isObject())
        return Result<QJsonObject>(
            Error(ErrorKind::Corrupt, "The guest's agent sent something that is not its protocol"));
    return Result<QJsonObject>(document.object());
}

} // namespace engine
