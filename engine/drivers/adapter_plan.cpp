// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/adapter_plan.h"

#include "engine/machine/qt_text.h"

namespace engine {

namespace {

constexpr std::uint64_t BytesPerKiB = 1024;

net::EgressRules::Policy policyOf(EgressPolicy policy)
{
    switch (policy) {
    case EgressPolicy::Open:
        return net::EgressRules::Policy::Open;
    case EgressPolicy::NoLan:
        return net::EgressRules::Policy::NoLan;
    case EgressPolicy::ListOnly:
        return net::EgressRules::Policy::ListOnly;
    case EgressPolicy::Off:
        return net::EgressRules::Policy::Off;
    }
    return net::EgressRules::Policy::Off;
}

Result<net::IpAddress> forwardAddress(const QString &text, const net::IpAddress &fallback,
                                      const PortForward &forward)
{
    if (text.isEmpty())
        return fallback;
    const auto address = net::IpAddress::parse(text.toStdString());
    if (!address || address->isV6())
        return makeError(ErrorKind::Invalid,
                         QString("The port forward \"%1\" has the address \"%2\", which is no "
                                 "IPv4 address")
                             .arg(forward.name, text));
    return *address;
}

NetworkConnection toConnection(const net::AdapterConnection &from)
{
    const net::Connection &connection = from.connection;
    NetworkConnection to;
    to.adapter = from.adapter;
    switch (connection.protocol) {
    case net::IpTcp:
        to.protocol = NetworkConnection::Protocol::Tcp;
        break;
    case net::IpUdp:
        to.protocol = NetworkConnection::Protocol::Udp;
        break;
    default:
        to.protocol = NetworkConnection::Protocol::Icmp;
        break;
    }
    switch (connection.state) {
    case net::Connection::State::Opening:
        to.state = NetworkConnection::State::Opening;
        break;
    case net::Connection::State::Open:
        to.state = NetworkConnection::State::Open;
        break;
    case net::Connection::State::Closing:
        to.state = NetworkConnection::State::Closing;
        break;
    case net::Connection::State::Closed:
        to.state = NetworkConnection::State::Closed;
        break;
    case net::Connection::State::Refused:
        to.state = NetworkConnection::State::Refused;
        break;
    }
    to.isIncoming = connection.isIncoming;
    to.guestAddress = toQString(connection.guest.text());
    to.remoteAddress = toQString(connection.remote.text());
    if (to.protocol != NetworkConnection::Protocol::Icmp) {
        to.guestPort = connection.guestPort;
        to.remotePort = connection.remotePort;
    }
    to.remoteName = toQString(connection.remoteName);
    to.sentBytes = connection.sentBytes;
    to.receivedBytes = connection.receivedBytes;
    to.sinceMilliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(connection.since.time_since_epoch())
            .count();
    return to;
}

Result<net::NatForward> natForward(const PortForward &forward)
{
    net::NatForward rule;
    rule.name = forward.name.toStdString();
    rule.isUdp = forward.protocol == ForwardProtocol::Udp;
    rule.hostAddress = TRY(forwardAddress(forward.hostAddress, rule.hostAddress, forward));
    rule.guestAddress = TRY(forwardAddress(forward.guestAddress, rule.guestAddress, forward));
    for (const int port : {forward.hostPort, forward.guestPort})
        if (port < 1 || port > 65535)
            return makeError(ErrorKind::Invalid,
                             QString("The port forward \"%1\" has the port %2; ports are from 1 "
                                     "to 65535")
                                 .arg(forward.name)
                                 .arg(port));
    rule.hostPort = std::uint16_t(forward.hostPort);
    rule.guestPort = std::uint16_t(forward.guestPort);
    return rule;
}

} // namespace

Result<net::AdapterPlan> adapterPlan(const NetworkAdapter &adapter, int index)
{
    net::AdapterPlan plan;
    plan.isCableConnected = adapter.isCableConnected;
    plan.bytesPerSecond = std::uint64_t(qMax(0, adapter.rateLimitKiBps)) * BytesPerKiB;
    switch (adapter.mode) {
    case NetworkMode::None:
    case NetworkMode::NotAttached:
        break;
    case NetworkMode::Internal:
        plan.attachment = net::AdapterPlan::Attachment::Internal;
        plan.internalNetwork = adapter.internalNetwork.toStdString();
        break;
    case NetworkMode::Bridged:
        plan.attachment = net::AdapterPlan::Attachment::Bridged;
        plan.hostInterface = adapter.hostInterface.toStdString();
        break;
    case NetworkMode::Nat: {
        plan.attachment = net::AdapterPlan::Attachment::Nat;
        plan.nat = TRY(net::NatPlan::make(adapter.natNetwork.toStdString(), index));
        for (const PortForward &forward : adapter.forwards) {
            net::NatForward rule = TRY(natForward(forward));
            plan.forwards.push_back(std::move(rule));
        }
        std::vector<std::string> destinations;
        for (const QString &destination : adapter.allowedDestinations)
            destinations.push_back(destination.toStdString());
        plan.egress = TRY(net::EgressRules::make(policyOf(adapter.egress), destinations));
        break;
    }
    }
    return plan;
}

bool hasLink(const NetworkAdapter &adapter)
{
    return adapter.isCableConnected && adapter.mode != NetworkMode::NotAttached;
}

QList<NetworkConnection> connectionsOf(net::MachineNetwork &network)
{
    QList<NetworkConnection> connections;
    for (const net::AdapterConnection &connection : network.connections())
        connections.append(toConnection(connection));
    return connections;
}

void countPackets(const net::MachineNetwork &network, ActivityCounters &counters)
{
    const net::MachineNetwork::Totals totals = network.totals();
    counters.networkReceivedPackets = totals.receivedPackets;
    counters.networkSentPackets = totals.sentPackets;
    counters.networkReceivedBytes = totals.receivedBytes;
    counters.networkSentBytes = totals.sentBytes;
    counters.isNetworkCounted = true;
}

} // namespace engine
