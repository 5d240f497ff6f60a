// SPDX-License-Identifier: GPL-3.0-or-later
// What the control server says to a client: one JSON-RPC 2.0 message a line. To a socket that is
// closed by now nothing is said.
//
// Main thread only.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QJsonObject>

#include <functional>

class QLocalSocket;

namespace engine::rpc {

// JSON-RPC 2.0, section 5.1.
inline constexpr int InvalidRequest = -32600;
inline constexpr int MethodNotFound = -32601;
inline constexpr int ServerError = -32000;

void send(QLocalSocket *socket, const QJsonObject &message);
QJsonObject notification(const QString &event, const QJsonObject &params = {});
void answer(QLocalSocket *socket, const QJsonValue &id, const QJsonObject &result);
void refuse(QLocalSocket *socket, const QJsonValue &id, const Error &error, int code = ServerError);
void refuseUnknown(QLocalSocket *socket, const QJsonValue &id, const QString &method);

// Answers later, unless the socket is gone by then.
std::function<void(Result<>)> laterReply(QLocalSocket *socket, const QJsonValue &id);
std::function<void(const Result<QJsonObject> &)> laterAnswer(QLocalSocket *socket,
                                                             const QJsonValue &id);

} // namespace engine::rpc
