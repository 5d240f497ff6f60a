// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/packet_builder.h"

#include "engine/net/network_order.h"

#include <algorithm>

namespace engine::net {

namespace {

constexpr std::uint8_t HopLimit = 64;

// RFC 1071.
std::uint32_t sumOf(Frame bytes, std::uint32_t sum = 0)
{
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        sum += loadBig16(bytes.data() + i);
    if (bytes.size() % 2 != 0)
        sum += std::uint32_t(bytes.back() << 8);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

std::uint16_t checksumOf(std::uint32_t sum)
{
    return std::uint16_t(~sum);
}

struct Ends
{
    MacAddress sourceMac{};
    MacAddress destinationMac{};
    IpAddress source;
    IpAddress destination;
};

// An IP packet around `transport`, whose checksum at `checksumAt` is filled in.
FrameBuffer wrap(const Ends &ends, std::uint8_t protocol, FrameBuffer transport,
                 std::size_t checksumAt)
{
    const bool isV6 = ends.source.isV6();
    const std::size_t addressBytes = ends.source.byteCount();
    // The pseudo header of both families sums to the same as these.
    if (protocol != IpIcmp) {
        std::uint32_t sum = sumOf({ends.source.bytes(), addressBytes});
        sum = sumOf({ends.destination.bytes(), addressBytes}, sum);
        sum += std::uint32_t(transport.size()) + protocol;
        std::uint16_t checksum = checksumOf(sumOf(transport, sum));
        if (checksum == 0 && protocol == IpUdp)
            checksum = 0xffff; // zero would say that there is none
        storeBig16(transport.data() + checksumAt, checksum);
    } else {
        storeBig16(transport.data() + checksumAt, checksumOf(sumOf(transport)));
    }

    FrameBuffer frame(EthernetHeaderBytes + (isV6 ? 40 : 20));
    std::copy(ends.destinationMac.begin(), ends.destinationMac.end(), frame.begin());
    std::copy(ends.sourceMac.begin(), ends.sourceMac.end(), frame.begin() + 6);
    storeBig16(frame.data() + 12, isV6 ? EtherIpv6 : EtherIpv4);
    std::uint8_t *const ip = frame.data() + EthernetHeaderBytes;
    if (isV6) {
        ip[0] = 0x60;
        storeBig16(ip + 4, std::uint16_t(transport.size()));
        ip[6] = protocol;
        ip[7] = HopLimit;
        std::copy_n(ends.source.bytes(), 16, ip + 8);
        std::copy_n(ends.destination.bytes(), 16, ip + 24);
    } else {
        ip[0] = 0x45;
        storeBig16(ip + 2, std::uint16_t(20 + transport.size()));
        ip[8] = HopLimit;
        ip[9] = protocol;
        std::copy_n(ends.source.bytes(), 4, ip + 12);
        std::copy_n(ends.destination.bytes(), 4, ip + 16);
        storeBig16(ip + 10, checksumOf(sumOf({ip, 20})));
    }
    frame.insert(frame.end(), transport.begin(), transport.end());
    return frame;
}

Ends backwards(const Packet &packet)
{
    return {packet.destinationMac, packet.sourceMac, packet.destination, packet.source};
}

} // namespace

FrameBuffer buildTcp(const TcpSegment &segment)
{
    FrameBuffer tcp(20);
    storeBig16(tcp.data(), segment.sourcePort);
    storeBig16(tcp.data() + 2, segment.destinationPort);
    storeBig32(tcp.data() + 4, segment.sequence);
    storeBig32(tcp.data() + 8, segment.acknowledged);
    tcp[12] = 5 << 4;
    tcp[13] = segment.flags;
    storeBig16(tcp.data() + 14, (segment.flags & TcpReset) != 0 ? 0 : 0xffff);
    tcp.insert(tcp.end(), segment.payload.begin(), segment.payload.end());
    return wrap({segment.sourceMac, segment.destinationMac, segment.source, segment.destination},
                IpTcp, std::move(tcp), 16);
}

FrameBuffer buildUdp(const Datagram &datagram)
{
    FrameBuffer udp(8);
    storeBig16(udp.data(), datagram.sourcePort);
    storeBig16(udp.data() + 2, datagram.destinationPort);
    storeBig16(udp.data() + 4, std::uint16_t(8 + datagram.payload.size()));
    udp.insert(udp.end(), datagram.payload.begin(), datagram.payload.end());
    return wrap(
        {datagram.sourceMac, datagram.destinationMac, datagram.source, datagram.destination}, IpUdp,
        std::move(udp), 6);
}

FrameBuffer buildIcmpEcho(const Datagram &addresses, std::uint16_t id, std::uint16_t sequence)
{
    const bool isV6 = addresses.source.isV6();
    FrameBuffer icmp(8);
    icmp[0] = isV6 ? 128 : 8;
    storeBig16(icmp.data() + 4, id);
    storeBig16(icmp.data() + 6, sequence);
    icmp.insert(icmp.end(), addresses.payload.begin(), addresses.payload.end());
    return wrap(
        {addresses.sourceMac, addresses.destinationMac, addresses.source, addresses.destination},
        isV6 ? IpIcmpV6 : IpIcmp, std::move(icmp), 2);
}

FrameBuffer buildRefusal(Frame frame, const Packet &packet)
{
    if (!packet.isIp || packet.isTagged || !packet.isFirstFragment || !packet.hasTransport
        || isGroupMac(packet.destinationMac) || isGroupMac(packet.sourceMac))
        return {};
    if (packet.protocol == IpTcp) {
        if ((packet.tcpFlags & TcpReset) != 0)
            return {};
        TcpSegment reset;
        reset.sourceMac = packet.destinationMac;
        reset.destinationMac = packet.sourceMac;
        reset.source = packet.destination;
        reset.destination = packet.source;
        reset.sourcePort = packet.destinationPort;
        reset.destinationPort = packet.sourcePort;
        // RFC 9293, 3.5.2, groups 1 and 2.
        if ((packet.tcpFlags & TcpAck) != 0) {
            reset.sequence = packet.tcpAcknowledged;
            reset.flags = TcpReset;
        } else {
            reset.acknowledged = packet.tcpSequence + std::uint32_t(packet.tcpPayloadBytes)
                + ((packet.tcpFlags & TcpSyn) != 0 ? 1 : 0)
                + ((packet.tcpFlags & TcpFin) != 0 ? 1 : 0);
            reset.flags = TcpReset | TcpAck;
        }
        return buildTcp(reset);
    }
    const bool isV6 = packet.source.isV6();
    // Of ICMP only echo requests are answered, for the rest may be errors.
    if ((packet.protocol == IpIcmp && packet.icmpType != 8)
        || (packet.protocol == IpIcmpV6 && packet.icmpType != 128))
        return {};
    FrameBuffer icmp(8);
    icmp[0] = isV6 ? 1 : 3;
    icmp[1] = isV6 ? 1 : 13;
    // The header and the first eight bytes behind it; IPv6 may have more, and need not.
    const std::size_t headerBytes = packet.transportOffset - packet.ipOffset;
    const Frame quoted = frame.subspan(packet.ipOffset, std::min(packet.ipBytes, headerBytes + 8));
    icmp.insert(icmp.end(), quoted.begin(), quoted.end());
    return wrap(backwards(packet), isV6 ? IpIcmpV6 : IpIcmp, std::move(icmp), 2);
}

FrameBuffer buildResetOnward(const Packet &packet)
{
    TcpSegment reset;
    reset.sourceMac = packet.sourceMac;
    reset.destinationMac = packet.destinationMac;
    reset.source = packet.source;
    reset.destination = packet.destination;
    reset.sourcePort = packet.sourcePort;
    reset.destinationPort = packet.destinationPort;
    reset.sequence = packet.tcpSequence;
    reset.acknowledged = packet.tcpAcknowledged;
    reset.flags = TcpReset | TcpAck;
    return buildTcp(reset);
}

FrameBuffer buildDnsRefusal(const Packet &packet)
{
    constexpr std::size_t HeaderBytes = 12;
    constexpr std::uint8_t IsResponse = 0x80;
    constexpr std::uint8_t Refused = 5;
    if (!packet.isIp || packet.isFragment || packet.udpPayload.size() < HeaderBytes)
        return {};
    FrameBuffer answer(packet.udpPayload.begin(), packet.udpPayload.end());
    answer[2] |= IsResponse;
    answer[3] = std::uint8_t((answer[3] & 0xf0) | Refused);
    Datagram datagram;
    datagram.sourceMac = packet.destinationMac;
    datagram.destinationMac = packet.sourceMac;
    datagram.source = packet.destination;
    datagram.destination = packet.source;
    datagram.sourcePort = packet.destinationPort;
    datagram.destinationPort = packet.sourcePort;
    datagram.payload = answer;
    return buildUdp(datagram);
}

} // namespace engine::net
