// SPDX-License-Identifier: GPL-3.0-or-later
// qemu-guest-agent in the guest, over the bytes of its virtio port. Its protocol is QMP's without a
// greeting and, in old versions, without ids (docs/interop/qemu-ga.rst): one command at a time, and
// guest-sync-delimited makes sure that an answer is one to us.
//
// The guest is not trusted: it may say nothing, too late, too much or something else. Every reply
// is called exactly once, from the event loop; after a time-out or nonsense the channel is opened
// anew, so that a late answer never counts as one to a later question.
//
// A driver makes one for each machine that has the port, tells when the guest has opened it, and
// opens the channel on demand. Main thread only.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/drivers/agent_reader.h"

#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QObject>
#include <QtCore/QQueue>
#include <QtCore/QTimer>

#include <chrono>
#include <functional>

class QLocalSocket;

namespace engine {

// What the guest's program looks for: the port's name.
inline constexpr char GuestAgentPort[] = "org.qemu.guest_agent.0";

struct AgentRequest
{
    QString command;
    QJsonObject arguments = {};
    std::chrono::milliseconds patience = std::chrono::seconds(20);
    qsizetype mostBytes = AgentReader::UsualBytes; // of the answer
};

class GuestAgent final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<QJsonValue>)>;
    // A connected stream socket; the last one is closed by then.
    using OpenChannel = std::function<Result<Fd>()>;

    static constexpr std::chrono::milliseconds SyncPatience{5000};

    explicit GuestAgent(OpenChannel openChannel, QObject *parent = nullptr,
                        std::chrono::milliseconds syncPatience = SyncPatience);
    ~GuestAgent() override; // answers what is pending

    // The guest has opened its end of the port, or closed it. Until then nothing is sent.
    void setPortOpen(bool isOpen);
    bool isPortOpen() const { return m_isPortOpen; }

    void execute(AgentRequest request, Reply reply);
    // Gives the guest this computer's time. A guest that refuses gets a line in the log.
    void setClock();

signals:
    void portChanged(bool isOpen);

private:
    struct Pending
    {
        AgentRequest request;
        Reply reply;
    };
    enum class Phase { Idle, Synchronizing, Waiting };

    void pump();
    Result<> connectChannel();
    void disconnectChannel();
    void read();
    void answer(Result<QJsonValue> result); // the one that waits
    void fail(const Error &error); // it, or all that wait when there is no agent
    void failAll(const Error &error);
    void timedOut();
    void scheduleNext();

    OpenChannel m_openChannel;
    std::chrono::milliseconds m_syncPatience;
    QLocalSocket *m_socket = nullptr;
    AgentReader m_reader;
    QQueue<Pending> m_queue; // the head is the one that waits
    Phase m_phase = Phase::Idle;
    QTimer m_timer;
    bool m_isPortOpen = false;
    bool m_isScheduled = false;
};

// Nobody answers: what to do about it.
Error noAgentError();

} // namespace engine
