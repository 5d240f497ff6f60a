// SPDX-License-Identifier: GPL-3.0-or-later
// A TCP relay that ends its connections in the middle of what a client says.
#pragma once

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <algorithm>
#include <utility>

namespace fakes {

// Between a client and its server: lets so many of the client's bytes through, on all its
// connections together, and ends them all then.
class CuttingRelay final : public QObject
{
public:
    explicit CuttingRelay(quint16 port)
        : m_port(port)
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, this, [this] { take(); });
    }
    int port() const { return m_server.serverPort(); }
    void cutAfter(qint64 bytes)
    {
        m_left = bytes;
        isCut = false;
    }
    bool isCut = false;

private:
    void take()
    {
        while (QTcpSocket *const near = m_server.nextPendingConnection()) {
            auto *const far = new QTcpSocket(near);
            near->setParent(this);
            m_open.append(near);
            far->connectToHost(QHostAddress::LocalHost, m_port);
            far->waitForConnected();
            QObject::connect(near, &QTcpSocket::readyRead, this, [this, near, far] {
                const QByteArray bytes = near->read(std::max<qint64>(m_left, 0));
                m_left -= bytes.size();
                far->write(bytes);
                far->flush();
                if (m_left <= 0)
                    cut();
            });
            QObject::connect(far, &QTcpSocket::readyRead, near, [near, far] {
                near->write(far->readAll());
                near->flush();
            });
            QObject::connect(far, &QTcpSocket::disconnected, near, [near] { near->abort(); });
            QObject::connect(near, &QTcpSocket::disconnected, this, [this, near, far] {
                m_open.removeOne(near);
                far->abort();
                near->deleteLater();
            });
        }
    }
    void cut()
    {
        isCut = true;
        for (QTcpSocket *socket : std::exchange(m_open, {})) {
            socket->disconnect();
            socket->findChild<QTcpSocket *>()->abort();
            socket->abort();
            socket->deleteLater();
        }
    }

    const quint16 m_port;
    QTcpServer m_server;
    QList<QTcpSocket *> m_open;
    qint64 m_left = 0;
};

} // namespace fakes
