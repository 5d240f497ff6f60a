// SPDX-License-Identifier: GPL-3.0-or-later
// One conversation of the guest with somebody on the network, as the frames that passed tell it.
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

namespace engine {

struct NetworkConnection
{
    enum class Protocol { Tcp, Udp, Icmp };
    // Refused: a rule of the adapter's did not let it out.
    enum class State { Opening, Open, Closing, Closed, Refused };

    int adapter = 0; // index
    Protocol protocol = Protocol::Tcp;
    State state = State::Opening;
    bool isIncoming = false; // the other end began it: a port forward, another machine
    QString guestAddress;
    int guestPort = 0; // 0: ICMP
    QString remoteAddress;
    int remotePort = 0;
    QString remoteName; // what the guest asked for by DNS; may be empty
    quint64 sentBytes = 0; // by the guest; whole frames
    quint64 receivedBytes = 0;
    qint64 sinceMilliseconds = 0; // of the Unix epoch

    bool operator==(const NetworkConnection &) const = default;
};

// For JSON and machine-readable lists: "tcp", "open".
QString protocolName(NetworkConnection::Protocol protocol);
QString connectionStateName(NetworkConnection::State state);

} // namespace engine
