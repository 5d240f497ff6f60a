// SPDX-License-Identifier: GPL-3.0-or-later
// A guest as a network sees it: the card's end of a FrameStream, an ARP table of one entry, and as
// much of DHCP, TCP and UDP as a test needs. Waits at most some seconds and then says no.
#pragma once

#include "engine/base/fd.h"
#include "engine/net/network_order.h"
#include "engine/net/packet.h"
#include "engine/net/packet_builder.h"

#include <chrono>
#include <functional>
#include <optional>

#include <poll.h>
#include <sys/socket.h>

namespace fakes {

using engine::net::FrameBuffer;
using engine::net::IpAddress;
using engine::net::MacAddress;
using engine::net::Packet;

class NetGuest
{
public:
    explicit NetGuest(engine::Fd card, MacAddress ownMac = {0x52, 0x54, 0, 0x12, 0x34, 0x56})
        : m_card(std::move(card))
        , mac(ownMac)
    { }

    // The sender of the last frame received that was for us: the gateway, in a NAT.
    MacAddress gateway{0x52, 0x55, 10, 0, 2, 2};
    IpAddress address = IpAddress::v4(10, 0, 2, 15);

    void send(const FrameBuffer &frame)
    {
        std::uint8_t length[4];
        engine::net::storeBig32(length, std::uint32_t(frame.size()));
        sendRaw({length, sizeof length});
        sendRaw(frame);
    }
    void sendRaw(engine::net::Frame bytes)
    {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(m_card.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return;
            bytes = bytes.subspan(std::size_t(sent));
        }
    }

    // The next frame that `matches`; others are thrown away, but who asks for our hardware address
    // is answered.
    std::optional<FrameBuffer> receive(const std::function<bool(const Packet &)> &matches,
                                       std::chrono::milliseconds patience = std::chrono::seconds(5))
    {
        const auto end = std::chrono::steady_clock::now() + patience;
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                end - std::chrono::steady_clock::now());
            std::optional<FrameBuffer> frame = next(int(std::max<long>(0, left.count())));
            if (!frame)
                return std::nullopt;
            const auto packet = engine::net::parsePacket(*frame);
            if (!packet)
                continue;
            if (packet->etherType == engine::net::EtherArp)
                answerArp(*frame);
            if (matches(*packet))
                return frame;
        }
    }

    engine::net::TcpSegment segmentTo(const IpAddress &remote, std::uint16_t port,
                                      std::uint16_t ownPort) const
    {
        engine::net::TcpSegment segment;
        segment.sourceMac = mac;
        segment.destinationMac = gateway;
        segment.source = address;
        segment.destination = remote;
        segment.sourcePort = ownPort;
        segment.destinationPort = port;
        return segment;
    }
    engine::net::Datagram datagramTo(const IpAddress &remote, std::uint16_t port,
                                     std::uint16_t ownPort) const
    {
        engine::net::Datagram datagram;
        datagram.sourceMac = mac;
        datagram.destinationMac = gateway;
        datagram.source = address;
        datagram.destination = remote;
        datagram.sourcePort = ownPort;
        datagram.destinationPort = port;
        return datagram;
    }

    // The answer to a SYN: SYN and ACK, or a reset.
    std::optional<Packet> connectTo(const IpAddress &remote, std::uint16_t port,
                                    std::uint16_t ownPort, std::uint32_t sequence = 1000)
    {
        engine::net::TcpSegment syn = segmentTo(remote, port, ownPort);
        syn.sequence = sequence;
        syn.flags = engine::net::TcpSyn;
        send(engine::net::buildTcp(syn));
        const auto answer = receive([&](const Packet &packet) {
            return packet.protocol == engine::net::IpTcp && packet.source == remote
                && packet.sourcePort == port && packet.destinationPort == ownPort;
        });
        return answer ? engine::net::parsePacket(*answer) : std::nullopt;
    }

    // DISCOVER and what was offered (RFC 2131).
    std::optional<IpAddress> askForAddress()
    {
        FrameBuffer bootp(240);
        bootp[0] = 1; // request
        bootp[1] = 1; // Ethernet
        bootp[2] = 6;
        engine::net::storeBig32(bootp.data() + 4, 0x12345678);
        std::copy(mac.begin(), mac.end(), bootp.begin() + 28);
        engine::net::storeBig32(bootp.data() + 236, 0x63825363); // RFC 2132's magic cookie
        for (const int byte : {53, 1, 1, 255})
            bootp.push_back(std::uint8_t(byte));
        engine::net::Datagram discover;
        discover.sourceMac = mac;
        discover.destinationMac = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
        discover.source = IpAddress();
        discover.destination = IpAddress::v4(255, 255, 255, 255);
        discover.sourcePort = 68;
        discover.destinationPort = 67;
        discover.payload = bootp;
        send(engine::net::buildUdp(discover));
        const auto offer = receive([](const Packet &packet) {
            return packet.protocol == engine::net::IpUdp && packet.sourcePort == 67
                && packet.udpPayload.size() > 20;
        });
        if (!offer)
            return std::nullopt;
        const Packet packet = *engine::net::parsePacket(*offer);
        gateway = packet.sourceMac;
        address = IpAddress::fromBytes4(packet.udpPayload.data() + 16);
        return address;
    }

private:
    bool fill(std::uint8_t *to, std::size_t bytes, int milliseconds)
    {
        while (bytes > 0) {
            pollfd waiting = {m_card.get(), POLLIN, 0};
            if (::poll(&waiting, 1, milliseconds) <= 0)
                return false;
            const ssize_t count = ::recv(m_card.get(), to, bytes, 0);
            if (count <= 0)
                return false;
            to += count;
            bytes -= std::size_t(count);
        }
        return true;
    }
    std::optional<FrameBuffer> next(int milliseconds)
    {
        std::uint8_t length[4];
        if (!fill(length, sizeof length, milliseconds))
            return std::nullopt;
        FrameBuffer frame(engine::net::loadBig32(length));
        // The rest is on its way.
        if (frame.size() > engine::net::MaxFrameBytes || !fill(frame.data(), frame.size(), 5000))
            return std::nullopt;
        return frame;
    }
    void answerArp(const FrameBuffer &question)
    {
        if (question.size() < 42 || question[21] != 1
            || IpAddress::fromBytes4(question.data() + 38) != address)
            return;
        FrameBuffer answer(question.begin(), question.begin() + 42);
        std::copy_n(question.begin() + 6, 6, answer.begin());
        std::copy(mac.begin(), mac.end(), answer.begin() + 6);
        answer[21] = 2;
        std::copy_n(question.begin() + 22, 10, answer.begin() + 32);
        std::copy(mac.begin(), mac.end(), answer.begin() + 22);
        std::copy_n(address.bytes(), 4, answer.begin() + 28);
        send(answer);
    }

    engine::Fd m_card;

public:
    const MacAddress mac;
};

} // namespace fakes
