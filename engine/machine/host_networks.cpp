// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/host_networks.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "engine/net/bridge_access.h"
#include "engine/net/egress_rules.h"
#include "engine/net/internal_network.h"
#include "engine/net/nat_plan.h"

#include <QtCore/QFile>

namespace engine {

namespace {

HostNetworkInterface::Kind toKind(net::HostInterface::Kind kind)
{
    switch (kind) {
    case net::HostInterface::Kind::Bridge:
        return HostNetworkInterface::Kind::Bridge;
    case net::HostInterface::Kind::Wired:
        return HostNetworkInterface::Kind::Wired;
    case net::HostInterface::Kind::Wireless:
        return HostNetworkInterface::Kind::Wireless;
    case net::HostInterface::Kind::Virtual:
        return HostNetworkInterface::Kind::Virtual;
    }
    return HostNetworkInterface::Kind::Virtual;
}

} // namespace

QList<HostNetworkInterface> hostNetworkInterfaces()
{
    QList<HostNetworkInterface> interfaces;
    for (const net::HostInterface &from : net::hostInterfaces()) {
        HostNetworkInterface interface;
        interface.name = toQString(from.name);
        interface.kind = toKind(from.kind);
        interface.isUp = from.isUp;
        interface.macAddress = toQString(from.macAddress);
        interface.bridge = toQString(from.bridge);
        for (const std::string &address : from.addresses)
            interface.addresses.append(toQString(address));
        if (const Result<> available = net::bridgeAvailability(from.name); !available) {
            interface.reason = errorText(available.error());
            interface.remedy = toQString(available.error().remedy());
        }
        interfaces.append(interface);
    }
    return interfaces;
}

Result<> bridgeAvailability(const QString &interface)
{
    return net::bridgeAvailability(interface.toStdString());
}

QString internalNetworkFolder()
{
    return paths::runtimeFolder() + QStringLiteral("/networks");
}

QStringList activeInternalNetworks()
{
    QStringList names;
    for (const std::string &name :
         net::activeInternalNetworks(QFile::encodeName(internalNetworkFolder()).toStdString()))
        names.append(toQString(name));
    return names;
}

Result<> checkInternalNetworkName(const QString &name)
{
    return net::checkInternalNetworkName(name.toStdString());
}

Result<> checkNatNetwork(const QString &network)
{
    TRY(net::NatPlan::make(network.toStdString(), 0));
    return {};
}

Result<> checkEgressDestination(const QString &destination)
{
    return net::checkDestination(destination.toStdString());
}

QString usualNatNetwork(int adapter)
{
    return toQString(net::NatPlan::make({}, adapter)->network.text());
}

} // namespace engine
