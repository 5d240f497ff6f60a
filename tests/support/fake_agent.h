// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's side of an agent's channel, played by the test: good answers, bad ones, none at all.
#pragma once

#include "engine/drivers/guest_agent.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QStringList>
#include <QtNetwork/QLocalSocket>

#include <functional>
#include <memory>

#include <sys/socket.h>

namespace fakes {

class FakeAgent final
{
public:
    // What an answer's line is, without its end. Nothing: none comes.
    using Answer = std::function<QByteArray(const QString &command, const QJsonObject &arguments)>;

    Answer answer;
    QByteArray stale; // in the channel before the answer to guest-sync-delimited
    bool isSyncing = true; // it answers that
    QStringList commands; // but guest-sync-delimited
    int connections = 0;
    bool wasDelimited = false;

    engine::Result<engine::Fd> open()
    {
        int ends[2] = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            return engine::Error(engine::ErrorKind::Io, "no socket pair");
        ++connections;
        m_socket = std::make_unique<QLocalSocket>();
        m_socket->setSocketDescriptor(ends[0]);
        QObject::connect(m_socket.get(), &QLocalSocket::readyRead, [this] { read(); });
        return engine::Fd(ends[1]);
    }
    engine::GuestAgent::OpenChannel opener()
    {
        return [this] { return open(); };
    }
    void send(const QByteArray &bytes) { m_socket->write(bytes); }
    void close() { m_socket->abort(); }

    static QByteArray returned(const QJsonValue &value)
    {
        return QJsonDocument(QJsonObject{{"return", value}}).toJson(QJsonDocument::Compact);
    }
    static QByteArray refused(const QString &text, const QString &name = "GenericError")
    {
        return QJsonDocument(QJsonObject{{"error", QJsonObject{{"class", name}, {"desc", text}}}})
            .toJson(QJsonDocument::Compact);
    }

private:
    void read()
    {
        while (m_socket->canReadLine()) {
            QByteArray line = m_socket->readLine();
            wasDelimited = wasDelimited || line.startsWith(engine::AgentReader::Delimiter);
            line = line.mid(line.lastIndexOf(engine::AgentReader::Delimiter) + 1);
            const QJsonObject request = QJsonDocument::fromJson(line).object();
            const QString command = request["execute"].toString();
            const QJsonObject arguments = request["arguments"].toObject();
            if (command == "guest-sync-delimited") {
                if (isSyncing)
                    send(stale + engine::AgentReader::Delimiter + returned(arguments["id"]) + '\n');
                continue;
            }
            commands.append(command);
            const QByteArray said = answer ? answer(command, arguments) : returned(QJsonObject());
            if (!said.isEmpty())
                send(said + '\n');
        }
    }

    std::unique_ptr<QLocalSocket> m_socket;
};

} // namespace fakes
