// SPDX-License-Identifier: GPL-3.0-or-later
// One shared folder of a running machine: a vitrine-share as a child, on a Unix socket that whoever
// has the card connects to, QEMU or the built-in engine (app/share_main.cpp). It ends when that
// connection does, and dies with this process.
//
// Main thread only, which must live as long as the process (PR_SET_PDEATHSIG is per thread).
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>

#include <chrono>

class QProcess;

namespace engine {

class ShareProcess final : public QObject
{
    Q_OBJECT
public:
    // `program` empty: vitrine-share, beside the engine.
    explicit ShareProcess(QString program = {}, QObject *parent = nullptr);
    ~ShareProcess() override; // kills and reaps

    // It may be connected to from now on. NotFound or Denied: the folder.
    Result<> start(const SharedFolder &folder, const QString &socketPath);
    // The front end's end, where that is this process.
    Result<Fd> connectTo() const;
    void kill();
    qint64 processId() const; // 0: it has ended
    std::chrono::milliseconds life() const
    {
        return std::chrono::milliseconds(m_sinceStart.elapsed());
    }

signals:
    void mounted(bool isMounted); // by the guest
    void ended(const QString &how); // "was killed by signal 9 (Killed)", with what it last said

private:
    void readLines();

    const QString m_program;
    QProcess *m_process;
    QString m_socketPath;
    QElapsedTimer m_sinceStart;
};

} // namespace engine
