// SPDX-License-Identifier: GPL-3.0-or-later
// Which name an address was answered for: for the connection list, and for rules that allow names.
// Bounded; the answers that run out first go first. The network thread's.
#pragma once

#include "engine/net/dns_message.h"
#include "engine/net/net_loop.h"

#include <functional>
#include <unordered_map>

namespace engine::net {

class DnsNames final
{
public:
    void learn(const DnsMessage &answer, Clock::time_point now);
    // The name answered last; empty when there was none. Old answers still count here.
    std::string nameOf(const IpAddress &address) const;
    // Whether an answer that is still good was for a name that `matches` says yes to.
    bool hasName(const IpAddress &address, Clock::time_point now,
                 const std::function<bool(const std::string &)> &matches) const;

private:
    struct Name
    {
        std::string name;
        Clock::time_point goodUntil;
    };
    std::unordered_map<IpAddress, std::vector<Name>> m_names; // the newest last
};

} // namespace engine::net
