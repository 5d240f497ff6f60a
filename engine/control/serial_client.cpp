// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/serial_client.h"

#include "engine/control/control_protocol.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonDocument>

#include <utility>

namespace engine {

SerialClient::SerialClient(QString controlSocket, int port)
    : m_port(port)
{
    connect(&m_socket, &QLocalSocket::readyRead, this, &SerialClient::take);
    connect(&m_socket, &QLocalSocket::disconnected, this, [this] { emit closed({}); });
    connect(&m_socket, &QLocalSocket::errorOccurred, this,
            [this](QLocalSocket::LocalSocketError error) {
                if (m_socket.state() == QLocalSocket::ConnectedState || m_isOpen)
                    return;
                const bool isGone = error == QLocalSocket::ServerNotFoundError
                    || error == QLocalSocket::ConnectionRefusedError;
                emit closed(isGone ? QString() : m_socket.errorString());
            });
    connect(&m_socket, &QLocalSocket::connected, this, [this] {
        m_socket.write(toJsonLine(
            {{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
             {QStringLiteral("id"), 1},
             {QStringLiteral("method"), QStringLiteral("serial.open")},
             {QStringLiteral("params"), QJsonObject{{QStringLiteral("port"), m_port}}}}));
    });
    // Queued: who makes this connects to the signals afterwards.
    QMetaObject::invokeMethod(
        this, [this, path = std::move(controlSocket)] { m_socket.connectToServer(path); },
        Qt::QueuedConnection);
}

void SerialClient::type(const QByteArray &bytes)
{
    if (m_isOpen && m_socket.bytesToWrite() + bytes.size() <= MaxTyped)
        m_socket.write(bytes);
}

void SerialClient::take()
{
    // News for everybody may come before the answer.
    while (!m_isOpen && m_socket.canReadLine()) {
        const QJsonObject answer = QJsonDocument::fromJson(m_socket.readLine()).object();
        if (!answer.contains(QLatin1String("id")))
            continue;
        const QJsonValue error = answer[QLatin1String("error")];
        if (error.isObject()) {
            m_socket.disconnect(this);
            m_socket.abort();
            emit closed(errorText(errorFromJson(error[QLatin1String("data")].toObject())));
            return;
        }
        m_isOpen = true;
        m_remembered = answer[QLatin1String("result")][QLatin1String("remembered")].toInteger();
    }
    if (!m_isOpen)
        return;
    if (m_remembered > 0) {
        const QByteArray bytes = m_socket.read(m_remembered);
        m_remembered -= bytes.size();
        if (!bytes.isEmpty())
            emit received(bytes, SerialText::Remembered);
    }
    if (const QByteArray bytes = m_socket.readAll(); !bytes.isEmpty())
        emit received(bytes, SerialText::New);
}

} // namespace engine
