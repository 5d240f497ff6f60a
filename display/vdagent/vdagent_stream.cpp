// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/vdagent/vdagent_stream.h"

#include <cerrno>

#include <sys/socket.h>

namespace display::vdagent {

namespace {

constexpr qsizetype ReadBytes = 64 * 1024;

} // namespace

AgentStream::AgentStream(engine::Fd socket)
    : m_socket(std::move(socket))
    , m_readable(m_socket.get(), QSocketNotifier::Read)
    , m_writable(m_socket.get(), QSocketNotifier::Write)
{
    m_writable.setEnabled(false);
    connect(&m_readable, &QSocketNotifier::activated, this, &AgentStream::readSome);
    connect(&m_writable, &QSocketNotifier::activated, this, &AgentStream::writeSome);
}

bool AgentStream::send(const QList<QByteArray> &parts)
{
    qint64 bytes = 0;
    for (const QByteArray &part : parts)
        bytes += part.size();
    if (!m_socket.isOpen() || m_queuedBytes + bytes > MaxQueued)
        return false;
    for (const QByteArray &part : parts)
        if (!part.isEmpty())
            m_queue.append(part);
    m_queuedBytes += bytes;
    // From the event loop: nobody expects a signal from here.
    m_writable.setEnabled(!m_queue.isEmpty());
    return true;
}

void AgentStream::readSome()
{
    QByteArray bytes(ReadBytes, Qt::Uninitialized);
    const ssize_t count =
        ::recv(m_socket.get(), bytes.data(), std::size_t(bytes.size()), MSG_DONTWAIT);
    if (count > 0) {
        bytes.truncate(qsizetype(count));
        emit received(bytes);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        close();
    }
}

void AgentStream::writeSome()
{
    const bool wasFull = m_queuedBytes >= FewQueued;
    while (!m_queue.isEmpty()) {
        const QByteArray &first = m_queue.constFirst();
        const ssize_t count =
            ::send(m_socket.get(), first.constData() + m_firstDone,
                   std::size_t(first.size() - m_firstDone), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            return close();
        if (count < 0)
            break;
        m_firstDone += qsizetype(count);
        m_queuedBytes -= count;
        if (m_firstDone < first.size())
            continue;
        m_queue.removeFirst();
        m_firstDone = 0;
    }
    m_writable.setEnabled(!m_queue.isEmpty());
    if (wasFull || m_queue.isEmpty()) {
        if (m_queuedBytes < FewQueued)
            emit drained();
    }
}

void AgentStream::close()
{
    m_readable.setEnabled(false);
    m_writable.setEnabled(false);
    m_queue.clear();
    m_queuedBytes = 0;
    m_firstDone = 0;
    m_socket.reset();
    emit closed();
}

} // namespace display::vdagent
