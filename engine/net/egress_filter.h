// SPDX-License-Identifier: GPL-3.0-or-later
// Decides on each frame that leaves a guest towards a NAT network. The network thread's.
#pragma once

#include "engine/net/dns_names.h"
#include "engine/net/egress_rules.h"
#include "engine/net/nat_plan.h"
#include "engine/net/near_networks.h"
#include "engine/net/packet.h"

#include <utility>
#include <vector>

namespace engine::net {

class EgressFilter final
{
public:
    enum class Verdict {
        Pass,
        Refuse, // tell the guest, and show it
        RefuseName, // a question for a name server that is not to be answered
        Drop, // makes no sense here, or is chatter: neither told nor shown
    };

    EgressFilter(NatPlan plan, EgressRules rules)
        : m_plan(std::move(plan))
        , m_rules(std::move(rules))
    { }

    const EgressRules &rules() const { return m_rules; }
    void setRules(EgressRules rules) { m_rules = std::move(rules); }
    const NatPlan &plan() const { return m_plan; }
    // The guest's ports that are reachable through a port forward: protocol and port.
    using GuestPort = std::pair<std::uint8_t, std::uint16_t>;
    void setForwardedPorts(std::vector<GuestPort> ports) { m_forwarded = std::move(ports); }

    // `isIncoming`: it belongs to a conversation that the other end seems to have begun. What a
    // port forward let in is answered whatever the rules say.
    Verdict judge(const Packet &packet, bool isIncoming, const DnsNames &names,
                  Clock::time_point now);
    // Whether the frame is what the network's own name server says.
    bool isNameAnswer(const Packet &packet) const;

private:
    bool isNameServer(const IpAddress &address) const;
    bool isForwarded(const Packet &packet) const;
    bool isOwn(const IpAddress &address) const;
    Verdict judgeQuestion(const Packet &packet) const;
    bool allows(const IpAddress &address, const DnsNames &names, Clock::time_point now);

    NatPlan m_plan;
    EgressRules m_rules;
    std::vector<GuestPort> m_forwarded;
    NearNetworks m_near;
};

} // namespace engine::net
