// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/packet.h"

#include "engine/net/network_order.h"

#include <algorithm>

namespace engine::net {

namespace {

constexpr std::uint16_t EtherVlan = 0x8100;
constexpr std::size_t Ipv6HeaderBytes = 40;
// More than any real packet has; RFC 8504, 5.3 lets a host limit them.
constexpr int MaxExtensionHeaders = 8;

void readTransport(Frame ip, std::size_t offset, Packet &packet)
{
    const Frame data = ip.subspan(offset);
    switch (packet.protocol) {
    case IpTcp: {
        if (data.size() < 20)
            return;
        const std::size_t headerBytes = std::size_t(data[12] >> 4) * 4;
        if (headerBytes < 20 || headerBytes > data.size())
            return;
        packet.tcpSequence = loadBig32(data.data() + 4);
        packet.tcpAcknowledged = loadBig32(data.data() + 8);
        packet.tcpFlags = data[13];
        packet.tcpPayloadBytes = data.size() - headerBytes;
        break;
    }
    case IpUdp: {
        if (data.size() < 8)
            return;
        const std::size_t length = loadBig16(data.data() + 4);
        if (length < 8)
            return;
        packet.udpPayload = data.first(std::min(length, data.size())).subspan(8);
        break;
    }
    case IpIcmp:
    case IpIcmpV6: {
        if (data.size() < 8)
            return;
        packet.icmpType = data[0];
        packet.icmpId = loadBig16(data.data() + 4);
        packet.hasTransport = true;
        return;
    }
    default:
        return;
    }
    packet.sourcePort = loadBig16(data.data());
    packet.destinationPort = loadBig16(data.data() + 2);
    packet.hasTransport = true;
}

void readIpv4(Frame frame, std::size_t offset, Packet &packet)
{
    Frame ip = frame.subspan(offset);
    if (ip.size() < 20 || ip[0] >> 4 != 4)
        return;
    const std::size_t headerBytes = std::size_t(ip[0] & 0xf) * 4;
    const std::size_t totalBytes = loadBig16(ip.data() + 2);
    if (headerBytes < 20 || headerBytes > totalBytes || totalBytes > ip.size())
        return;
    ip = ip.first(totalBytes); // the rest is padding
    const std::uint16_t fragment = loadBig16(ip.data() + 6);
    packet.isFirstFragment = (fragment & 0x1fff) == 0;
    packet.isFragment = (fragment & 0x3fff) != 0; // an offset, or more to come
    packet.protocol = ip[9];
    packet.source = IpAddress::fromBytes4(ip.data() + 12);
    packet.destination = IpAddress::fromBytes4(ip.data() + 16);
    packet.ipOffset = offset;
    packet.ipBytes = totalBytes;
    packet.transportOffset = offset + headerBytes;
    packet.isIp = true;
    if (packet.isFirstFragment)
        readTransport(ip, headerBytes, packet);
}

void readIpv6(Frame frame, std::size_t offset, Packet &packet)
{
    Frame ip = frame.subspan(offset);
    if (ip.size() < Ipv6HeaderBytes || ip[0] >> 4 != 6)
        return;
    const std::size_t totalBytes = Ipv6HeaderBytes + loadBig16(ip.data() + 4);
    if (totalBytes > ip.size())
        return; // jumbograms included: nothing here makes them
    ip = ip.first(totalBytes);
    std::uint8_t next = ip[6];
    std::size_t at = Ipv6HeaderBytes;
    // Hop-by-hop, routing, destination options, fragment: RFC 8200, 4.
    for (int count = 0; next == 0 || next == 43 || next == 60 || next == 44; ++count) {
        if (count == MaxExtensionHeaders || ip.size() - at < 8)
            return;
        const bool isFragmentHeader = next == 44;
        const std::size_t bytes = isFragmentHeader ? 8 : (std::size_t(ip[at + 1]) + 1) * 8;
        if (bytes > ip.size() - at)
            return;
        next = ip[at];
        if (isFragmentHeader) {
            const std::uint16_t field = loadBig16(ip.data() + at + 2);
            packet.isFirstFragment = (field & 0xfff8) == 0;
            packet.isFragment = (field & 0xfff9) != 0;
        }
        at += bytes;
        if (!packet.isFirstFragment)
            break; // what follows is the middle of something
    }
    packet.protocol = next;
    packet.source = IpAddress::fromBytes16(ip.data() + 8);
    packet.destination = IpAddress::fromBytes16(ip.data() + 24);
    packet.ipOffset = offset;
    packet.ipBytes = totalBytes;
    packet.transportOffset = offset + at;
    packet.isIp = true;
    if (packet.isFirstFragment)
        readTransport(ip, at, packet);
}

} // namespace

std::optional<Packet> parsePacket(Frame frame)
{
    if (frame.size() < EthernetHeaderBytes)
        return std::nullopt;
    Packet packet;
    std::copy_n(frame.begin(), 6, packet.destinationMac.begin());
    std::copy_n(frame.begin() + 6, 6, packet.sourceMac.begin());
    packet.etherType = loadBig16(frame.data() + 12);
    std::size_t offset = EthernetHeaderBytes;
    if (packet.etherType == EtherVlan && frame.size() >= offset + 4) {
        packet.isTagged = true;
        packet.etherType = loadBig16(frame.data() + offset + 2);
        offset += 4;
    }
    if (packet.etherType == EtherIpv4)
        readIpv4(frame, offset, packet);
    else if (packet.etherType == EtherIpv6)
        readIpv6(frame, offset, packet);
    return packet;
}

} // namespace engine::net
