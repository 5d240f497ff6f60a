// SPDX-License-Identifier: GPL-3.0-or-later
// A program run in the guest by guest-exec, which hands over what it printed when it has ended, up
// to 16 MiB of each stream (qga/commands.c). It runs as the agent does (root, SYSTEM) unless a user
// is named. Main thread only.
#pragma once

#include "engine/control/guest_link.h"

#include <QtCore/QByteArray>
#include <QtCore/QElapsedTimer>
#include <QtCore/QStringList>
#include <QtCore/QTimer>

namespace engine {

struct GuestCommand
{
    QString program; // a path, or a name that the guest looks for
    QStringList arguments = {};
    QStringList environment = {}; // "NAME=value", on top of what there is
    QString user = {};
    QString folder = {}; // where it starts
    QByteArray input = {};
    std::chrono::milliseconds timeout{0}; // 0: as long as it takes
};

struct GuestOutcome
{
    enum class End { Exited, Killed, TimedOut };
    End end = End::Exited;
    int code = 0; // exit code or signal
    QByteArray output;
    QByteArray errors;
    bool isCut = false; // it printed more than the agent keeps
};

// The whole command as one that guest-exec takes: with env, runuser or su, and a shell where these
// are needed. Pure.
QStringList unixCommandLine(const GuestCommand &command);

class GuestProgram final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<GuestOutcome>)>;
    using StartReply = std::function<void(Result<qint64>)>; // the process's number in the guest

    GuestProgram(GuestLink &link, GuestCommand command, QObject *parent = nullptr);

    // Answers when it has ended. A program that takes longer than its timeout is killed.
    void run(Reply reply);
    // Answers when it runs; nobody asks for its output.
    void start(StartReply reply);
    // The guest is asked to end it; run() is answered when that is so.
    void cancel();

private:
    void launch(bool isOutputWanted, StartReply reply);
    void poll();
    void finish(Result<GuestOutcome> result);

    GuestLink &m_link;
    GuestCommand m_command;
    Reply m_reply;
    qint64 m_process = 0;
    QElapsedTimer m_since;
    QTimer m_poll;
    bool m_hasTimedOut = false;
    bool m_isCancelled = false;
};

// Runs it to its end and answers with what it printed; an Error, with the last line it printed on
// stderr, when it ended otherwise than with 0.
void runInGuest(GuestLink &link, GuestCommand command,
                std::function<void(Result<QByteArray>)> reply);

} // namespace engine
