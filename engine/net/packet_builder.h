// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the few frames that we send ourselves: what tells a guest at once that a rule stands in its
// way, instead of letting it wait. Any thread.
#pragma once

#include "engine/net/packet.h"

namespace engine::net {

struct TcpSegment
{
    MacAddress sourceMac{};
    MacAddress destinationMac{};
    IpAddress source; // both of one family
    IpAddress destination;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledged = 0;
    std::uint8_t flags = 0;
    Frame payload;
};

struct Datagram
{
    MacAddress sourceMac{};
    MacAddress destinationMac{};
    IpAddress source;
    IpAddress destination;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    Frame payload;
};

FrameBuffer buildTcp(const TcpSegment &segment);
FrameBuffer buildUdp(const Datagram &datagram);
FrameBuffer buildIcmpEcho(const Datagram &addresses, std::uint16_t id, std::uint16_t sequence);

// The answer to a refused packet: a reset for TCP, "communication administratively prohibited"
// (RFC 1812, 5.2.7.1; RFC 4443, 3.1) for what else deserves one. Empty where an answer is
// forbidden (RFC 1122, 3.2.2: group addresses, fragments but the first, ICMP errors, resets).
FrameBuffer buildRefusal(Frame frame, const Packet &packet);

// The reset that closes a connection at its other end, as if the guest had sent it.
FrameBuffer buildResetOnward(const Packet &packet);

// A DNS query's refusal (RFC 1035, 4.1.1: RCODE 5), as if from the server. Empty when the query has
// no header.
FrameBuffer buildDnsRefusal(const Packet &packet);

} // namespace engine::net
