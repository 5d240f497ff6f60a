// SPDX-License-Identifier: GPL-3.0-or-later
// JSON objects, one a line, over a connected Unix stream socket, some with a descriptor
// (unix(7), SCM_RIGHTS). Never waits: what the socket does not take is queued, up to a bound.
//
// A descriptor travels with the first byte of its message, so descriptors come in the messages'
// order; what nobody takes is closed. Main thread only.
#pragma once

#include "engine/base/fd.h"
#include "engine/machine/json_lines.h"

#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>

#include <deque>

namespace engine {

class DisplayStream final : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MaxQueuedBytes = 256 * 1024;

    enum class Descriptors { Refused, Taken };
    // Of the other end's. `alreadyRead` came on this connection before.
    DisplayStream(Fd socket, Descriptors descriptors, const QByteArray &alreadyRead = {});
    ~DisplayStream() override; // what is queued is tried once more

    bool isOpen() const { return m_socket.isOpen(); }
    // The descriptor stays the caller's. When more than the bound is queued the connection closes.
    void send(const QJsonObject &message, int descriptor = -1);
    Fd takeDescriptor(); // the oldest that came; not open: none

signals:
    void received(const QJsonObject &message);
    void closed(); // by the other end or for what it did; once

private:
    struct Waiting
    {
        QByteArray bytes;
        Fd descriptor;
    };
    enum class Progress { Some, None, Over };

    void readSome();
    Progress readOnce();
    void passOn();
    void writeSome();
    Progress writeOnce(Waiting &first);
    void close();

    static constexpr int MaxDescriptors = 4; // that wait

    Fd m_socket;
    const Descriptors m_policy;
    JsonLineReader m_reader;
    std::deque<Fd> m_descriptors;
    std::deque<Waiting> m_queue;
    qsizetype m_queuedBytes = 0;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
};

} // namespace engine
