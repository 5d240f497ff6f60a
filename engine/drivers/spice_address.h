// SPDX-License-Identifier: GPL-3.0-or-later
// How a client reaches a SPICE server: a machine's own on a Unix socket, or one on TCP, of a
// machine here or anywhere. Any thread.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>
#include <QtCore/QString>

namespace engine {

struct SpiceAddress
{
    QString socket = {}; // a path; the rest is for TCP
    QString host = {};
    int port = 0; // 0: none in the clear
    int tlsPort = 0; // 0: none by TLS
    QString password = {};
    QString caFile = {}; // what the server's certificate is checked against; empty: the system's
    // DER of the public key that the server must have, whoever vouches for it; empty: any. The
    // user of this process decided so: no JSON has it.
    QByteArray publicKey = {};

    bool operator==(const SpiceAddress &) const = default;
};

// "spice://127.0.0.1:5900", "spice://[::1]?tls-port=5901", or the socket's path. Without the
// password: for people.
QString spiceAddressText(const SpiceAddress &address);

// What spiceAddressText() writes and what people type: "spice://host", "host:5901",
// "spice+unix:///path". Without any port it is 5900; ca-file= is caFile. Clients' further
// parameters are left alone.
Result<SpiceAddress> spiceAddressFromText(const QString &text);

QJsonObject toJson(const SpiceAddress &address);
SpiceAddress spiceAddressFromJson(const QJsonObject &json);

} // namespace engine
