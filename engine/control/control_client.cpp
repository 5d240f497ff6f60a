// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/control_client.h"

#include "engine/machine/json_lines.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtNetwork/QLocalSocket>

#include <utility>

namespace engine {

struct ControlClient::Private
{
    QLocalSocket socket;
    JsonLineReader reader;
    QHash<int, Reply> waiting;
    int lastId = 0;
    bool wantsActivity = false;
    bool isOpen = false; // connected() was emitted, or connecting is under way
    MachineStatus status;
};

namespace {

Error goneError()
{
    return makeError(ErrorKind::Io, QStringLiteral("The machine's process is gone"));
}

} // namespace

ControlClient::ControlClient(QObject *parent)
    : QObject(parent)
    , m_private(std::make_unique<Private>())
{
    QLocalSocket &socket = m_private->socket;

    const auto finish = [this] {
        if (!std::exchange(m_private->isOpen, false))
            return;
        const QHash<int, Reply> waiting = std::exchange(m_private->waiting, {});
        for (const Reply &reply : waiting) {
            if (reply)
                reply(goneError());
        }
        Q_EMIT disconnected();
    };

    connect(&socket, &QLocalSocket::connected, this, [this] {
        call(QStringLiteral("machine.info"), {}, [this](Result<QJsonObject> answer) {
            if (!answer)
                return;
            m_private->status = statusFromJson(*answer);
            Q_EMIT statusChanged(m_private->status);
        });
        if (m_private->wantsActivity)
            setActivityWanted(true);
        Q_EMIT connected();
    });
    connect(&socket, &QLocalSocket::disconnected, this, finish);
    connect(&socket, &QLocalSocket::errorOccurred, this, [this, finish] {
        if (m_private->socket.state() != QLocalSocket::ConnectedState)
            finish();
    });
    connect(&socket, &QLocalSocket::readyRead, this, [this] {
        if (!m_private->reader.feed(m_private->socket.readAll())) {
            m_private->socket.abort();
            return;
        }
        while (const std::optional<QJsonObject> message = m_private->reader.next()) {
            const QJsonValue id = (*message)[QLatin1String("id")];
            if (id.isDouble()) {
                const Reply reply = m_private->waiting.take(id.toInt());
                if (!reply)
                    continue;
                const QJsonValue error = (*message)[QLatin1String("error")];
                if (error.isObject())
                    reply(errorFromJson(error[QLatin1String("data")].toObject()));
                else
                    reply((*message)[QLatin1String("result")].toObject());
                continue;
            }
            const QString event = (*message)[QLatin1String("method")].toString();
            const QJsonObject params = (*message)[QLatin1String("params")].toObject();
            if (event == QLatin1String("event.status")) {
                m_private->status = statusFromJson(params);
                Q_EMIT statusChanged(m_private->status);
            } else if (event == QLatin1String("event.failed")) {
                Q_EMIT failed(errorFromJson(params));
            } else if (event == QLatin1String("event.problem")) {
                Q_EMIT problemRaised(problemFromJson(params));
            } else if (event == QLatin1String("event.activity")) {
                Q_EMIT activityChanged(activityFromJson(params));
            } else if (event == QLatin1String("event.progress")) {
                Q_EMIT progressed(params[QLatin1String("percent")].toInt());
            } else if (event == QLatin1String("event.reset")) {
                Q_EMIT wasReset();
            } else if (event == QLatin1String("event.usb")) {
                Q_EMIT usbChanged();
            } else if (event == QLatin1String("event.notice")) {
                Q_EMIT noticed(params[QLatin1String("text")].toString());
            } else if (event == QLatin1String("event.typing")) {
                Q_EMIT typingProgressed(params[QLatin1String("done")].toInt(),
                                        params[QLatin1String("total")].toInt());
            } else if (event == QLatin1String("event.record")) {
                const Result<RecordingSettings> settings =
                    recordingFromJson(params[QLatin1String("settings")].toObject());
                Q_EMIT recordingWanted(params[QLatin1String("number")].toInt(),
                                       params[QLatin1String("file")].toString(),
                                       settings ? *settings : RecordingSettings());
            } else if (event == QLatin1String("event.recordEnd")) {
                Q_EMIT recordingEndWanted(params[QLatin1String("number")].toInt());
            } else if (event == QLatin1String("event.raise")) {
                Q_EMIT raiseRequested();
            } else if (event == QLatin1String("event.detached")) {
                Q_EMIT detached();
            }
        }
    });
}

ControlClient::~ControlClient()
{
    // Replies may refer to what is being destroyed together with us.
    m_private->waiting.clear();
    m_private->isOpen = false;
    m_private->socket.disconnect(this);
}

void ControlClient::connectTo(const QString &socketPath)
{
    m_private->isOpen = true;
    m_private->reader = {};
    m_private->socket.connectToServer(socketPath);
}

void ControlClient::disconnectFrom()
{
    m_private->socket.disconnectFromServer();
}

QString ControlClient::socketPath() const
{
    return m_private->socket.fullServerName();
}

bool ControlClient::isConnected() const
{
    return m_private->socket.state() == QLocalSocket::ConnectedState;
}

void ControlClient::call(const QString &method, const QJsonObject &params, Reply reply)
{
    if (!isConnected()) {
        if (reply)
            reply(goneError());
        return;
    }
    const int id = ++m_private->lastId;
    m_private->waiting.insert(id, std::move(reply));
    m_private->socket.write(toJsonLine({{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
                                        {QStringLiteral("id"), id},
                                        {QStringLiteral("method"), method},
                                        {QStringLiteral("params"), params}}));
}

void ControlClient::setActivityWanted(bool wanted)
{
    m_private->wantsActivity = wanted;
    if (isConnected())
        call(QStringLiteral("events.subscribe"), {{QStringLiteral("activity"), wanted}});
}

const MachineStatus &ControlClient::status() const
{
    return m_private->status;
}

Result<> ControlClient::connectAndWait(const QString &socketPath,
                                       std::chrono::milliseconds patience)
{
    connectTo(socketPath);
    if (!isConnected() && !m_private->socket.waitForConnected(int(patience.count()))) {
        return makeError(ErrorKind::NotFound, QStringLiteral("The machine is not running"));
    }
    Result<QJsonObject> answer = callAndWait(QStringLiteral("machine.info"), {}, patience);
    if (!answer)
        return std::move(answer).error();
    m_private->status = statusFromJson(*answer);
    return {};
}

Result<QJsonObject> ControlClient::callAndWait(const QString &method, const QJsonObject &params,
                                               std::chrono::milliseconds patience)
{
    std::optional<Result<QJsonObject>> answer;
    call(method, params, [&answer](Result<QJsonObject> result) { answer = std::move(result); });
    const QDeadlineTimer deadline(patience);
    while (!answer.has_value()) {
        const bool hasMore = m_private->socket.waitForReadyRead(int(deadline.remainingTime()));
        if (!hasMore && !answer.has_value()) {
            m_private->waiting.clear(); // `answer` is about to go out of scope
            if (!isConnected())
                return goneError();
            return makeError(ErrorKind::Io,
                             QStringLiteral("The machine did not answer \"%1\" within %2 s")
                                 .arg(method)
                                 .arg(double(patience.count()) / 1000));
        }
    }
    return std::move(*answer);
}

} // namespace engine
