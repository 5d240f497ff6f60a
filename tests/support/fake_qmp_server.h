// SPDX-License-Identifier: GPL-3.0-or-later
// The QEMU side of a QMP connection, played by a test over a socket pair.
#pragma once

#include "engine/base/fd.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtNetwork/QLocalSocket>

#include <array>

#include <sys/socket.h>

class FakeQmpServer final : public QObject
{
public:
    FakeQmpServer()
    {
        std::array<int, 2> ends{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            qFatal("no socket pair");
        m_clientEnd = engine::Fd(ends[0]);
        m_socket.setSocketDescriptor(ends[1]);
        connect(&m_socket, &QLocalSocket::readyRead, this, [this] {
            while (m_socket.canReadLine()) {
                const QJsonObject request = QJsonDocument::fromJson(m_socket.readLine()).object();
                if (isAnsweringCapabilities && request["execute"] == "qmp_capabilities")
                    send(QByteArray("{\"return\":{},\"id\":0}\n"));
                else
                    requests.append(request);
            }
        });
    }

    engine::Fd takeClientEnd() { return std::move(m_clientEnd); }

    void send(const QByteArray &bytes)
    {
        m_socket.write(bytes);
        m_socket.flush();
    }
    void greet()
    {
        send("{\"QMP\":{\"version\":{\"qemu\":{\"micro\":22,\"minor\":2,\"major\":7},"
             "\"package\":\"x\"},\"capabilities\":[\"oob\"]}}\r\n");
    }
    void hangUp() { m_socket.disconnectFromServer(); }

    QList<QJsonObject> requests; // without qmp_capabilities
    bool isAnsweringCapabilities = true;

private:
    engine::Fd m_clientEnd;
    QLocalSocket m_socket;
};
