// SPDX-License-Identifier: GPL-3.0-or-later
// QMP, QEMU's control protocol (docs/interop/qmp-spec.txt): one JSON object a line, commands with
// ids, events in between. Owns its end of a connected stream socket. Main thread only.
//
// Commands given before the greeting has come wait for it. Every reply is called exactly once:
// with QEMU's answer, after the time-out, or when the connection ends.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QObject>
#include <QtCore/QQueue>

#include <chrono>
#include <functional>

class QLocalSocket;
class QTimer;

namespace engine {

class QmpClient final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<QJsonValue>)>;

    static constexpr std::chrono::milliseconds DefaultTimeout{30000};
    static constexpr std::chrono::milliseconds GreetingTimeout{30000};

    explicit QmpClient(Fd socket, QObject *parent = nullptr,
                       std::chrono::milliseconds greetingTimeout = GreetingTimeout);
    ~QmpClient() override;

    void execute(const QString &command, const QJsonObject &arguments = {}, Reply reply = {},
                 std::chrono::milliseconds timeout = DefaultTimeout);

    // As above, with a descriptor that QEMU gets a copy of (getfd, add-fd). After the greeting
    // only.
    void executeWith(int descriptor, const QString &command, const QJsonObject &arguments,
                     Reply reply);

    bool isReady() const { return m_isReady; }
    QString version() const { return m_version; } // "7.2.22"; empty before the greeting
    // Ends the connection: what is pending is answered with an error.
    void close();

signals:
    void ready();
    void eventReceived(const QString &name, const QJsonObject &data);
    // The protocol was broken or the greeting did not come; the connection is over.
    void broken(const engine::Error &error);
    void closed();

private:
    struct Pending
    {
        QString command;
        Reply reply;
        QTimer *timer = nullptr;
    };

    void readLines();
    void handleMessage(const QJsonObject &message);
    void handleGreeting(const QJsonObject &greeting);
    void answer(int id, Result<QJsonValue> result);
    QByteArray prepare(const QString &command, const QJsonObject &arguments, Reply reply,
                       std::chrono::milliseconds timeout, int *id);
    void send(const QByteArray &line);
    void giveUp(const Error &error);
    void finish(const QString &reason);
    void answerAll(const QString &reason);

    QLocalSocket *m_socket;
    QTimer *m_greetingTimer;
    QByteArray m_buffer;
    QString m_version;
    bool m_isReady = false;
    bool m_isFinished = false;
    int m_nextId = 1;
    QHash<int, Pending> m_pending;
    QQueue<QByteArray> m_waiting;
};

} // namespace engine
