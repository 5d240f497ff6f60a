// SPDX-License-Identifier: GPL-3.0-or-later
// As much of a DNS message (RFC 1035, 4) as is needed to know what was asked and which addresses
// were answered. Written for hostile messages: compression loops, lengths that lie. Any thread.
#pragma once

#include "engine/net/frame.h"
#include "engine/net/ip_address.h"

#include <optional>
#include <string>
#include <vector>

namespace engine::net {

struct DnsAddress
{
    IpAddress address;
    std::uint32_t ttlSeconds = 0;
};

struct DnsMessage
{
    std::uint16_t id = 0;
    bool isResponse = false;
    std::string name; // of the one question: lower case, without the last dot; "" is the root
    // A and AAAA records of the answer section that the question's name leads to, aliases (CNAME)
    // included.
    std::vector<DnsAddress> addresses;
};

// nullopt: no message, or one with another number of questions than one. An answer section that is
// cut short gives what was whole.
std::optional<DnsMessage> parseDns(Frame payload);

} // namespace engine::net
