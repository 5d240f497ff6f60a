// SPDX-License-Identifier: GPL-3.0-or-later
// What is near this computer: addresses that are no internet to anybody (RFC 6890 and the RFCs it
// lists), and the networks this computer is in right now.
#pragma once

#include "engine/net/ip_address.h"
#include "engine/net/net_loop.h"

#include <map>
#include <string>
#include <vector>

namespace engine::net {

// Never routed on the internet: private, loopback, link-local, shared, group and the like.
bool isSpecialAddress(const IpAddress &address);

// Of the interfaces that are up, this computer's addresses among them. Any thread.
std::vector<IpNetwork> connectedNetworks();

// The same by interface: "eth0" has "192.0.2.7/24".
std::map<std::string, std::vector<std::string>> interfaceAddresses();

// The above, asked for again when it is some seconds old. The network thread's.
class NearNetworks final
{
public:
    bool contains(const IpAddress &address, Clock::time_point now);

private:
    std::vector<IpNetwork> m_connected;
    Clock::time_point m_goodUntil{};
};

} // namespace engine::net
