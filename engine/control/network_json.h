// SPDX-License-Identifier: GPL-3.0-or-later
// The answer to network.connections:
//   {"connections": [{"adapter": 0, "protocol": "tcp", "state": "open", "incoming": false,
//     "guestAddress": "10.0.2.15", "guestPort": 40000, "remoteAddress": "192.0.2.7",
//     "remotePort": 443, "remoteName": "www.example.org", "sentBytes": 1, "receivedBytes": 2,
//     "since": 1790000000000}]}
// What is not understood is left out.
#pragma once

#include "engine/drivers/network_connection.h"

#include <QtCore/QJsonObject>

namespace engine {

QJsonObject connectionsToJson(const QList<NetworkConnection> &connections);
QList<NetworkConnection> connectionsFromJson(const QJsonObject &json);

} // namespace engine
