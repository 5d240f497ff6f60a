// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/guest_agent.h"

#include "engine/base/log.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTimer>
#include <QtNetwork/QLocalSocket>

#include <chrono>

namespace engine {

namespace {

constexpr std::chrono::seconds Patience{10};
constexpr char Delimiter = char(0xff); // in no UTF-8, so it cannot be part of an answer

void send(QLocalSocket &socket, const QString &command, const QJsonObject &arguments)
{
    const QJsonObject request{{"execute", command}, {"arguments", arguments}};
    socket.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
}

} // namespace

void setGuestClock(const QString &socketPath, QObject *context)
{
    auto *const socket = new QLocalSocket(context);
    const auto give = [socket](const QString &why) {
        if (!why.isEmpty())
            log(LogLevel::Warning, "qemu",
                ("the guest's agent did not set its clock: " + why).toStdString());
        socket->disconnect();
        socket->deleteLater();
    };
    const int token = int(QRandomGenerator::global()->bounded(1, 1 << 30));
    QObject::connect(socket, &QLocalSocket::connected, socket, [socket, token] {
        socket->write(&Delimiter, 1);
        send(*socket, "guest-sync-delimited", {{"id", token}});
    });
    QObject::connect(socket, &QLocalSocket::errorOccurred, socket,
                     [socket, give] { give(socket->errorString()); });
    QObject::connect(socket, &QLocalSocket::readyRead, socket, [socket, give, token] {
        while (socket->canReadLine()) {
            QByteArray line = socket->readLine();
            line = line.mid(line.lastIndexOf(Delimiter) + 1);
            const QJsonObject answer = QJsonDocument::fromJson(line).object();
            if (answer["return"].toInt() == token) {
                const qint64 now = QDateTime::currentMSecsSinceEpoch() * 1000000;
                send(*socket, "guest-set-time", {{"time", now}});
            } else if (answer.contains("error")) {
                give(answer["error"].toObject()["desc"].toString());
                return;
            } else if (answer["return"].isObject()) {
                give({});
                return;
            } // else what an earlier question was answered
        }
    });
    QTimer::singleShot(Patience, socket, [give] { give("it did not answer"); });
    socket->connectToServer(socketPath);
}

} // namespace engine
