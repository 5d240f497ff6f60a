// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/egress_filter.h"

#include <algorithm>

namespace engine::net {

namespace {

enum Port : std::uint16_t {
    PortDns = 53,
    PortDhcp = 67,
    PortDhcpV6 = 547,
};
constexpr std::uint8_t FirstNeighborMessage = 133; // RFC 4861, 4: router solicitation
constexpr std::uint8_t LastNeighborMessage = 137; // redirect

bool isGroup(const IpAddress &address)
{
    return address.isV6() ? address.bytes()[0] == 0xff : address.bytes()[0] >= 224;
}

} // namespace

bool EgressFilter::isNameServer(const IpAddress &address) const
{
    return address == m_plan.nameServer || address == m_plan.nameServer6;
}

bool EgressFilter::isForwarded(const Packet &packet) const
{
    return packet.hasTransport
        && std::find(m_forwarded.begin(), m_forwarded.end(),
                     GuestPort(packet.protocol, packet.sourcePort))
        != m_forwarded.end();
}

bool EgressFilter::isOwn(const IpAddress &address) const
{
    return m_plan.network.contains(address) || m_plan.network6.contains(address);
}

bool EgressFilter::isNameAnswer(const Packet &packet) const
{
    return packet.isIp && packet.protocol == IpUdp && !packet.isFragment && packet.hasTransport
        && packet.sourcePort == PortDns && isNameServer(packet.source);
}

EgressFilter::Verdict EgressFilter::judge(const Packet &packet, bool isIncoming,
                                          const DnsNames &names, Clock::time_point now)
{
    if (packet.isTagged)
        return Verdict::Drop;
    if (packet.etherType == EtherArp)
        return Verdict::Pass; // answered by the network itself
    if (!packet.isIp)
        return Verdict::Drop;
    const bool hasPorts = packet.protocol == IpTcp || packet.protocol == IpUdp;
    if (hasPorts && packet.isFirstFragment && !packet.hasTransport)
        return Verdict::Drop;
    if (m_rules.policy() == EgressRules::Policy::Open)
        return Verdict::Pass;
    // A conversation forgotten meanwhile looks as if the other end had begun it: its ports tell.
    if (isIncoming && isForwarded(packet) && !isNameServer(packet.destination))
        return Verdict::Pass;

    const bool isUdp = packet.protocol == IpUdp && packet.hasTransport;
    const bool isOwnBroadcast = packet.destination == IpAddress::v4(0xffffffff);
    if (isUdp && packet.destinationPort == PortDhcp
        && (isOwnBroadcast || packet.destination == m_plan.host))
        return Verdict::Pass;
    if (packet.protocol == IpIcmpV6 && packet.icmpType >= FirstNeighborMessage
        && packet.icmpType <= LastNeighborMessage)
        return Verdict::Pass;
    if (isGroup(packet.destination)) {
        const bool isDhcpV6 =
            isUdp && packet.destinationPort == PortDhcpV6 && packet.destination.isV6();
        return isDhcpV6 ? Verdict::Pass : Verdict::Drop;
    }
    const bool isPing = packet.protocol == IpIcmp || packet.protocol == IpIcmpV6;
    if (!hasPorts && !isPing)
        return Verdict::Drop; // nothing else leaves a NAT
    if (isNameServer(packet.destination) && packet.hasTransport && !packet.isFragment
        && packet.destinationPort == PortDns && hasPorts)
        return judgeQuestion(packet);
    if (isPing && (packet.destination == m_plan.host || packet.destination == m_plan.host6))
        return Verdict::Pass; // guests try whether the gateway is there
    return allows(packet.destination, names, now) ? Verdict::Pass : Verdict::Refuse;
}

EgressFilter::Verdict EgressFilter::judgeQuestion(const Packet &packet) const
{
    if (m_rules.policy() == EgressRules::Policy::NoLan)
        return Verdict::Pass;
    // Over TCP a question may come in pieces, so that nobody could tell what is asked.
    if (packet.protocol != IpUdp)
        return Verdict::Refuse;
    const auto question = parseDns(packet.udpPayload);
    return question && !question->isResponse && m_rules.allowsName(question->name)
        ? Verdict::Pass
        : Verdict::RefuseName;
}

bool EgressFilter::allows(const IpAddress &address, const DnsNames &names, Clock::time_point now)
{
    switch (m_rules.policy()) {
    case EgressRules::Policy::Open:
        return true;
    case EgressRules::Policy::Off:
        return false;
    case EgressRules::Policy::NoLan: {
        const auto embedded = address.embeddedV4();
        return !isOwn(address) && !m_near.contains(address, now)
            && !(embedded && (isOwn(*embedded) || m_near.contains(*embedded, now)));
    }
    case EgressRules::Policy::ListOnly: {
        if (m_rules.listsAddress(address))
            return true;
        // A name may be answered with whatever its owner likes; this computer is not his to give.
        const auto embedded = address.embeddedV4();
        for (const IpAddress &end : {address, embedded.value_or(address)}) {
            const bool isLoopback = end.isV6() ? end == *IpAddress::parse("::1")
                                               : end.bytes()[0] == 127 || end.bytes()[0] == 0;
            if (isOwn(end) || isLoopback)
                return false;
        }
        return names.hasName(address, now,
                             [this](const std::string &name) { return m_rules.allowsName(name); });
    }
    }
    return false;
}

} // namespace engine::net
