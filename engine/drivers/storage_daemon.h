// SPDX-License-Identifier: GPL-3.0-or-later
// One qemu-storage-daemon for the disks of a machine whose formats QEMU does not let a machine save
// its state with when it opens them itself (vdi, vmdk, vpc, vhdx: each of its block/<format>.c adds
// a migration blocker). QEMU reaches each disk as an NBD export on one Unix socket.
//
// The socket is ours and is handed to the daemon, so that another daemon can take the place of one
// that died: QEMU connects again (reconnect-delay) and asks again for what was not answered. A
// daemon that dies is replaced at once, a few times; after that gaveUp() is emitted, and the guest
// stops at its next access when QEMU's patience is over. restart() begins anew.
//
// Whoever opens a disk locks it (locking=auto of QEMU's file driver): one writer at a time.
// The daemon cannot outlive this object or this process. Main thread only.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <functional>

namespace engine {

class QemuProcess;
class QmpClient;

struct DaemonDisk
{
    QString exportName;
    QJsonObject node; // what --blockdev takes; its node name is the export's
    bool isWritable = true;

    bool operator==(const DaemonDisk &) const = default;
};

// $VITRINE_STORAGE_DAEMON, else qemu-storage-daemon from the path. NotFound names the package.
Result<QString> findStorageDaemon();

// Pure. Descriptors are the child's.
QStringList storageDaemonArguments(const QList<DaemonDisk> &disks, int listener, int monitor);

class StorageDaemon final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<>)>;

    StorageDaemon(QString program, QList<DaemonDisk> disks, QString socketPath,
                  QObject *parent = nullptr);
    ~StorageDaemon() override; // kills and reaps; removes the socket

    // Answers when all disks are open, or with what the daemon said.
    void start(Reply reply);
    // As start(), after ending a daemon that still runs. Its disks are read anew: a format driver
    // whose write failed for want of space may remember more than it wrote (vdi's block map).
    void restart(Reply reply);
    // Lets go of the disks. The answer comes when the daemon is gone.
    void stop(std::function<void()> stopped);

    // What the export opens; empty when there is no such export.
    QJsonObject nodeOf(const QString &exportName) const;
    bool isRunning() const;
    qint64 processId() const;
    QStringList lastLines() const { return m_lastLines; }

signals:
    void gaveUp(const QString &reason);

private:
    Result<> listen();
    Result<> launch();
    void ended(bool isCrash, int codeOrSignal);
    void answer(Result<> result);
    void drop();

    QString m_program;
    QList<DaemonDisk> m_disks;
    QString m_socketPath;
    Fd m_listener;
    QemuProcess *m_process = nullptr;
    QmpClient *m_qmp = nullptr;
    Reply m_reply;
    std::function<void()> m_stopped;
    QStringList m_lastLines;
    bool m_isStopping = false;
    bool m_isRestarting = false;
    int m_replacements = 0;
    QDeadlineTimer m_replacementPeriod;
};

} // namespace engine
