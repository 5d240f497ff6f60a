// SPDX-License-Identifier: GPL-3.0-or-later
// A connected stream socket of bytes both ways, on the event loop. Nothing waits: what the socket
// does not take is queued, and who sends much sends the next piece when drained() is told.
//
// Main thread only.
#pragma once

#include "engine/base/fd.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>

namespace display::vdagent {

class AgentStream final : public QObject
{
    Q_OBJECT
public:
    // Of what may wait to be sent; a clipboard twice, and a bit.
    static constexpr qint64 MaxQueued = qint64(160) * 1024 * 1024;
    static constexpr qint64 FewQueued = 128 * 1024;

    explicit AgentStream(engine::Fd socket);

    // The parts in this order. False: too much waits already, and nothing of it was taken.
    bool send(const QList<QByteArray> &parts);
    qint64 queuedBytes() const { return m_queuedBytes; }

signals:
    void received(const QByteArray &bytes);
    void drained(); // less than FewQueued waits
    void closed(); // by the other end; once

private:
    void readSome();
    void writeSome();
    void close();

    engine::Fd m_socket;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
    QList<QByteArray> m_queue;
    qsizetype m_firstDone = 0; // of the queue's first
    qint64 m_queuedBytes = 0;
};

} // namespace display::vdagent
