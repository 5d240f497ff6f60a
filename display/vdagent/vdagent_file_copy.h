// SPDX-License-Identifier: GPL-3.0-or-later
// Files on their way to the agent, one after the other: it is told a name and a size, says that it
// can take the data, gets it in pieces as the stream takes them, and says how it ended.
//
// Main thread only.
#pragma once

#include "display/vdagent/vdagent_messages.h"

#include <QtCore/QFile>
#include <QtCore/QObject>
#include <QtCore/QQueue>

#include <functional>

namespace display::vdagent {

class FileCopy final : public QObject
{
    Q_OBJECT
public:
    using Send = std::function<bool(const QByteArray &message)>;

    // `firstId`: of the first file; the others' follow it.
    FileCopy(const QStringList &paths, quint32 firstId, Send send);

    void start();
    void cancel(); // ended() follows at once
    void statusArrived(const TransferStatus &status);
    void sendMore(); // there is room
    quint32 nextId() const { return m_id + 1; } // that no file here has had

signals:
    void progressed(qint64 done, qint64 total);
    void ended(const QString &problem, bool wasCanceled); // once; nothing comes afterwards

private:
    enum class Phase { Idle, Asked, Sending, Sent, Over };

    void next();
    void end(const QString &problem, bool wasCanceled);
    void giveUp(const QString &problem);
    QString problemOf(TransferResult result) const;

    Send m_send;
    QQueue<QString> m_paths; // the first is the one on its way
    Phase m_phase = Phase::Idle;
    quint32 m_id;
    QFile m_file;
    qint64 m_size = 0; // as the agent was told
    qint64 m_fileDone = 0;
    qint64 m_done = 0; // of all files
    qint64 m_total = 0;
};

} // namespace display::vdagent
