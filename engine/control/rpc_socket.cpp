// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/rpc_socket.h"

#include "engine/control/control_protocol.h"
#include "engine/machine/json_lines.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QPointer>
#include <QtNetwork/QLocalSocket>

namespace engine::rpc {

void send(QLocalSocket *socket, const QJsonObject &message)
{
    if (socket->state() == QLocalSocket::ConnectedState)
        socket->write(toJsonLine(message));
}

QJsonObject notification(const QString &event, const QJsonObject &params)
{
    QJsonObject message{{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
                        {QStringLiteral("method"), event}};
    if (!params.isEmpty())
        message.insert(QStringLiteral("params"), params);
    return message;
}

void answer(QLocalSocket *socket, const QJsonValue &id, const QJsonObject &result)
{
    send(socket,
         {{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
          {QStringLiteral("id"), id},
          {QStringLiteral("result"), result}});
}

void refuse(QLocalSocket *socket, const QJsonValue &id, const Error &error, int code)
{
    send(socket,
         {{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
          {QStringLiteral("id"), id},
          {QStringLiteral("error"),
           QJsonObject{{QStringLiteral("code"), code},
                       {QStringLiteral("message"), errorText(error)},
                       {QStringLiteral("data"), toJson(error)}}}});
}

void refuseUnknown(QLocalSocket *socket, const QJsonValue &id, const QString &method)
{
    refuse(socket, id,
           makeError(ErrorKind::Unsupported,
                     QStringLiteral("This version knows no request \"%1\"").arg(method)),
           MethodNotFound);
}

std::function<void(Result<>)> laterReply(QLocalSocket *socket, const QJsonValue &id)
{
    return [answer = laterAnswer(socket, id)](const Result<> &result) {
        if (result)
            answer(QJsonObject());
        else
            answer(result.error());
    };
}

std::function<void(const Result<QJsonObject> &)> laterAnswer(QLocalSocket *socket,
                                                             const QJsonValue &id)
{
    return [guard = QPointer(socket), id](const Result<QJsonObject> &result) {
        if (!guard)
            return;
        if (result)
            answer(guard, id, *result);
        else
            refuse(guard, id, result.error());
    };
}

} // namespace engine::rpc
