// SPDX-License-Identifier: GPL-3.0-or-later
// One QEMU as a child: its end of the QMP socket pair, its output in the log, and its death with
// ours. The child is its own session, so that Ctrl+C in a terminal reaches only its parent, and
// the kernel kills it when this process dies in whatever way. Main thread only; start() must come
// from the thread that lives as long as the process (PR_SET_PDEATHSIG is per thread).
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <QtCore/QObject>
#include <QtCore/QProcess>
#include <QtCore/QStringList>

#include <cstddef>
#include <vector>

namespace engine {

class QemuProcess final : public QObject
{
    Q_OBJECT
public:
    explicit QemuProcess(QObject *parent = nullptr);
    ~QemuProcess() override; // kills and reaps

    // Both ends of the control channel; childEnd() goes into the arguments.
    Result<> openChannel();
    int childEnd() const { return m_childEnd.get(); }
    Fd takeParentEnd() { return std::move(m_parentEnd); }
    // One more descriptor for the child, under the number returned; closed here once it has
    // started.
    int handDown(Fd descriptor);

    // Before start(): for threads of the child that ask for no size (setrlimit(2), RLIMIT_STACK).
    void setThreadStack(std::size_t bytes) { m_threadStack = bytes; }

    void start(const QString &program, const QStringList &arguments);
    void terminate(); // asks: SIGTERM
    void kill();
    bool isRunning() const { return m_process->state() != QProcess::NotRunning; }
    qint64 processId() const { return m_process->processId(); }

    // The last lines it wrote, without the program's name in front.
    QStringList lastLines() const { return m_lastLines; }

signals:
    void couldNotStart(const QString &reason);
    void ended(bool isCrash, int codeOrSignal);

private:
    void readOutput();
    void takeLine(const QByteArray &line);

    QProcess *m_process;
    Fd m_parentEnd;
    Fd m_childEnd;
    std::vector<Fd> m_handedDown;
    std::size_t m_threadStack = 0; // 0: as everywhere
    QByteArray m_partialLine;
    QStringList m_lastLines;
};

// For the log: a command line that can be pasted into a shell.
QString shellCommand(const QString &program, const QStringList &arguments);

} // namespace engine
