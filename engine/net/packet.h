// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a frame's headers. Everything in it may be a lie: each length is checked against what is
// really there, and what does not fit ends the reading where it is. Ethernet II, one 802.1Q tag,
// IPv4 (RFC 791), IPv6 with extension headers (RFC 8200), TCP (RFC 9293), UDP, ICMP. Any thread.
#pragma once

#include "engine/net/frame.h"
#include "engine/net/ip_address.h"

#include <optional>

namespace engine::net {

enum EtherType : std::uint16_t { EtherIpv4 = 0x0800, EtherArp = 0x0806, EtherIpv6 = 0x86dd };
enum IpProtocol : std::uint8_t {
    IpIcmp = 1,
    IpIgmp = 2,
    IpTcp = 6,
    IpUdp = 17,
    IpIcmpV6 = 58,
};
enum TcpFlag : std::uint8_t { TcpFin = 1, TcpSyn = 2, TcpReset = 4, TcpPush = 8, TcpAck = 16 };

struct Packet
{
    MacAddress destinationMac{};
    MacAddress sourceMac{};
    std::uint16_t etherType = 0; // after a VLAN tag
    bool isTagged = false;

    // Set when the network header could be read whole.
    bool isIp = false;
    IpAddress source;
    IpAddress destination;
    std::uint8_t protocol = 0; // IpProtocol, after IPv6 extension headers
    bool isFragment = false; // one of several, or not the first
    bool isFirstFragment = true;
    std::size_t ipOffset = 0; // in the frame
    std::size_t ipBytes = 0; // header and payload, as the header says
    std::size_t transportOffset = 0;

    // Set when the ports (TCP, UDP) or the type (ICMP) could be read.
    bool hasTransport = false;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::uint8_t tcpFlags = 0;
    std::uint32_t tcpSequence = 0;
    std::uint32_t tcpAcknowledged = 0;
    std::size_t tcpPayloadBytes = 0;
    std::uint8_t icmpType = 0;
    std::uint16_t icmpId = 0; // of echo requests and replies
    Frame udpPayload;
};

// nullopt: too short for an Ethernet header. An IP packet whose own headers are damaged comes back
// with isIp false.
std::optional<Packet> parsePacket(Frame frame);

inline bool isIpType(const Packet &packet)
{
    return packet.etherType == EtherIpv4 || packet.etherType == EtherIpv6;
}

} // namespace engine::net
