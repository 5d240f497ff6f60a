// SPDX-License-Identifier: GPL-3.0-or-later
// What this computer offers a machine's network adapters, for lists to choose from and for checks
// before a start. Asks the kernel and a few files each time; takes no time worth a thread. Any
// thread.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace engine {

struct HostNetworkInterface
{
    enum class Kind { Bridge, Wired, Wireless, Virtual };

    QString name; // "br0"
    Kind kind = Kind::Virtual;
    bool isUp = false;
    QString macAddress;
    QStringList addresses; // "192.0.2.7/24"
    QString bridge; // the bridge that it is a port of; may be empty
    // Why a machine cannot be bridged to it, and what to do about it; empty when it can.
    QString reason;
    QString remedy;

    bool isAvailable() const { return reason.isEmpty(); }
};

// Bridges first, then by name.
QList<HostNetworkInterface> hostNetworkInterfaces();

// Good when a machine may be bridged to it here and now; otherwise the reason and, as the remedy,
// the exact commands.
Result<> bridgeAvailability(const QString &interface);

// Where the internal networks of this user are: runtimeFolder()/networks.
QString internalNetworkFolder();
// Internal networks that running machines of this user are in.
QStringList activeInternalNetworks();

// What a field of the network settings takes.
Result<> checkInternalNetworkName(const QString &name);
Result<> checkNatNetwork(const QString &network); // "10.0.2.0/24"; empty is good
Result<> checkEgressDestination(const QString &destination); // "*.debian.org", "192.0.2.0/24"

// "10.0.3.0/24": the NAT network of an adapter (from 0) that names none.
QString usualNatNetwork(int adapter);

} // namespace engine
