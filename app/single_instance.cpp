// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/single_instance.h"

#include "engine/machine/user_paths.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtNetwork/QLocalSocket>

namespace app {

SingleInstance::SingleInstance(QObject *parent)
    : QObject(parent)
{
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::read);
}

bool SingleInstance::handOver(const QStringList &arguments)
{
    // Without a private folder there is no place to meet; two managers do no harm.
    if (!engine::paths::makePrivateFolder(engine::paths::runtimeFolder()))
        return false;
    const QString address = engine::paths::runtimeFolder() + QStringLiteral("/manager");
    QLocalSocket socket;
    socket.connectToServer(address);
    if (socket.waitForConnected(500)) {
        const QJsonArray words = QJsonArray::fromStringList(arguments);
        socket.write(QJsonDocument(words).toJson(QJsonDocument::Compact) + '\n');
        return socket.waitForBytesWritten(2000) && socket.waitForDisconnected(2000);
    }
    QLocalServer::removeServer(address);
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    m_server.listen(address);
    return false;
}

void SingleInstance::read()
{
    while (QLocalSocket *const socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            if (!socket->canReadLine())
                return;
            const QJsonArray words = QJsonDocument::fromJson(socket->readLine()).array();
            QStringList arguments;
            for (const QJsonValue &word : words)
                arguments.append(word.toString());
            socket->disconnectFromServer(); // taken over
            Q_EMIT received(arguments);
        });
    }
}

} // namespace app
