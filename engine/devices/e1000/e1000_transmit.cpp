// SPDX-License-Identifier: GPL-3.0-or-later
// From the guest (Intel 317453, 3.3 to 3.6).
#include "engine/devices/e1000/e1000.h"
#include "engine/net/network_order.h"

#include <algorithm>
#include <utility>

namespace engine::e1000 {

namespace {

constexpr std::size_t LeastFrame = 60;
constexpr std::size_t CheckBytes = 4;
constexpr std::size_t TagPlace = 12;
constexpr std::size_t Ipv6Header = 40;
constexpr std::size_t TcpFlags = 13; // within a TCP header
constexpr std::uint8_t OnlyOfTheLast = 0x09; // FIN and PSH
// Descriptors and frames that are taken before others on the loop have their turn.
constexpr unsigned DescriptorsInTurn = 256;
constexpr std::size_t FramesInTurn = 64;

// The checksum of RFC 1071 over [start, end), to its place; what stands there counts. None is zero,
// which would say in UDP that there is none.
void insertChecksum(net::FrameBuffer &frame, std::size_t start, std::size_t place, std::size_t end)
{
    end = std::min(end, frame.size());
    if (start >= end || place + 2 > frame.size())
        return;
    std::uint64_t sum = 0;
    for (std::size_t i = start; i + 1 < end; i += 2)
        sum += net::loadBig16(&frame[i]);
    if ((end - start) % 2 != 0)
        sum += std::uint64_t(frame[end - 1]) << 8;
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    net::storeBig16(&frame[place], sum == 0xffff ? std::uint16_t(0xffff) : std::uint16_t(~sum));
}

void addBig16(net::FrameBuffer &frame, std::size_t place, std::size_t number)
{
    if (place + 2 > frame.size())
        return;
    std::uint64_t sum = net::loadBig16(&frame[place]) + number;
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    net::storeBig16(&frame[place], std::uint16_t(sum));
}

void setBig16(net::FrameBuffer &frame, std::size_t place, std::size_t number)
{
    if (place + 2 <= frame.size())
        net::storeBig16(&frame[place], std::uint16_t(number));
}

} // namespace

void E1000::handlePoll(const PollSet &)
{
    if (m_waitsToSend)
        sendFrames();
}

void E1000::sendFrames()
{
    m_waitsToSend = false;
    for (std::size_t count = 0; count < FramesInTurn; ++count) {
        if (m_adapter && !m_adapter->canSend()) {
            m_waitsToSend = true;
            return;
        }
        while (m_outgoing.empty())
            if (!takeDescriptors())
                return;
        const net::FrameBuffer frame = std::move(m_outgoing.front());
        m_outgoing.pop_front();
        if (m_adapter)
            m_adapter->send(frame);
    }
    const std::lock_guard guard(lock());
    kick();
}

// Up to the end of one packet. False: there are no more.
bool E1000::takeDescriptors()
{
    const std::lock_guard guard(lock());
    const std::uint32_t count = stored(TransmitLength) / std::uint32_t(DescriptorBytes);
    if (!m_isRunning || !isBusMaster() || (stored(TransmitControl) & TransmitOn) == 0
        || stored(TransmitHead) >= count || stored(TransmitTail) >= count)
        return false;
    const std::uint64_t ring =
        std::uint64_t(stored(TransmitBaseHigh)) << 32 | stored(TransmitBaseLow);
    std::uint32_t causes = 0;
    unsigned taken = 0;
    while (stored(TransmitHead) != stored(TransmitTail) && taken < DescriptorsInTurn
           && m_outgoing.empty()) {
        const std::uint64_t at = ring + DescriptorBytes * stored(TransmitHead);
        std::array<std::uint8_t, DescriptorBytes> descriptor = {};
        [[maybe_unused]] bool isMemory = connections().ram->read(at, descriptor);
        takeDescriptor(descriptor);
        ++taken;
        if ((descriptor[11] & CommandReport) != 0) { // at the same place in all kinds
            isMemory = connections().ram->store(at + 12, std::uint8_t(descriptor[12] | 1));
            const bool isDelayed =
                (descriptor[11] & CommandDelay) != 0 && stored(TransmitDelay) != 0;
            causes |= isDelayed ? CauseSentLater : std::uint32_t(CauseSent);
        }
        stored(TransmitHead) = (stored(TransmitHead) + 1) % count;
    }
    if (taken != 0 && stored(TransmitHead) == stored(TransmitTail))
        causes |= CauseQueueEmpty;
    if (causes != 0)
        collect(causes);
    if (taken == DescriptorsInTurn && m_outgoing.empty()) {
        kick(); // the others have their turn first
        return false;
    }
    return taken != 0;
}

void E1000::takeDescriptor(std::span<const std::uint8_t, DescriptorBytes> descriptor)
{
    const std::uint8_t command = descriptor[11];
    const auto address = loadLe<std::uint64_t>(&descriptor[0]);
    const bool isExtended = (command & CommandExtended) != 0;
    const unsigned kind = descriptor[10] >> 4;
    if (isExtended && kind == 0)
        return takeContext(descriptor);
    if (!m_packet.hasBegun) {
        m_packet.hasBegun = true;
        m_packet.isSegmented = isExtended && (command & CommandSegment) != 0;
        m_packet.options = isExtended ? descriptor[13] : std::uint8_t(0);
    }
    if (isExtended) {
        append(address, loadLe<std::uint32_t>(&descriptor[8]) & 0xfffff);
    } else {
        append(address, loadLe<std::uint16_t>(&descriptor[8]));
        if ((command & CommandChecksum) != 0) {
            m_packet.legacyStart = descriptor[13];
            m_packet.legacyPlace = descriptor[10];
        }
    }
    if ((command & CommandEnd) == 0)
        return;
    m_packet.hasVlan = (command & CommandVlan) != 0 && (stored(Control) & ControlVlan) != 0;
    m_packet.vlan = loadLe<std::uint16_t>(&descriptor[14]);
    endPacket();
}

void E1000::takeContext(std::span<const std::uint8_t, DescriptorBytes> descriptor)
{
    const std::uint8_t command = descriptor[11];
    m_context.ipStart = descriptor[0];
    m_context.ipChecksum = descriptor[1];
    m_context.ipEnd = loadLe<std::uint16_t>(&descriptor[2]);
    m_context.start = descriptor[4];
    m_context.checksum = descriptor[5];
    m_context.end = loadLe<std::uint16_t>(&descriptor[6]);
    m_context.headerBytes = descriptor[13];
    m_context.segmentBytes = loadLe<std::uint16_t>(&descriptor[14]);
    m_context.isTcp = (command & ContextTcp) != 0;
    m_context.isIpv4 = (command & ContextIpv4) != 0;
}

void E1000::append(std::uint64_t address, std::size_t size)
{
    const std::size_t before = m_packet.bytes.size();
    if (m_packet.isTooLong || size > net::MaxFrameBytes - before) {
        m_packet.isTooLong = true;
        return;
    }
    m_packet.bytes.resize(before + size);
    // What is no memory is sent as zeros.
    [[maybe_unused]] const bool isMemory =
        connections().ram->read(address, std::span(m_packet.bytes).subspan(before));
}

void E1000::endPacket()
{
    net::FrameBuffer &bytes = m_packet.bytes;
    const bool isGood = !m_packet.isTooLong && bytes.size() >= net::EthernetHeaderBytes;
    if (isGood && m_packet.isSegmented) {
        segment();
    } else if (isGood) {
        const auto last = [](std::uint16_t end) {
            return end == 0 ? ~std::size_t(0) : std::size_t(end) + 1;
        };
        if ((m_packet.options & InsertTransportChecksum) != 0)
            insertChecksum(bytes, m_context.start, m_context.checksum, last(m_context.end));
        if ((m_packet.options & InsertIpChecksum) != 0)
            insertChecksum(bytes, m_context.ipStart, m_context.ipChecksum, last(m_context.ipEnd));
        if (m_packet.legacyPlace != 0)
            insertChecksum(bytes, m_packet.legacyStart, m_packet.legacyPlace, bytes.size());
        finishFrame(std::move(bytes));
    }
    m_packet = {};
}

// 3.5: the packet's headers before each piece of its data, made to fit.
void E1000::segment()
{
    const net::FrameBuffer &packet = m_packet.bytes;
    const std::size_t header = m_context.headerBytes;
    const std::size_t most = m_context.segmentBytes;
    // As many frames as a packet of 64 KiB has at the smallest segments of real networks.
    constexpr std::size_t MostFrames = 1024;
    if (header < net::EthernetHeaderBytes || header >= packet.size() || most == 0
        || (packet.size() - header) / most >= MostFrames)
        return;
    const std::size_t ip = m_context.ipStart;
    const std::size_t transport = m_context.start;
    std::size_t number = 0;
    for (std::size_t at = header; at < packet.size(); at += most, ++number) {
        const std::size_t size = std::min(most, packet.size() - at);
        const bool isLast = at + size == packet.size();
        net::FrameBuffer frame(packet.begin(), packet.begin() + std::ptrdiff_t(header));
        frame.insert(frame.end(), packet.begin() + std::ptrdiff_t(at),
                     packet.begin() + std::ptrdiff_t(at + size));
        if (m_context.isIpv4) {
            setBig16(frame, ip + 2, frame.size() - std::min(ip, frame.size()));
            if (ip + 6 <= frame.size())
                setBig16(frame, ip + 4, net::loadBig16(&frame[ip + 4]) + number);
        } else {
            setBig16(frame, ip + 4, frame.size() - std::min(ip + Ipv6Header, frame.size()));
        }
        const std::size_t length = frame.size() - std::min(transport, frame.size());
        if (m_context.isTcp && transport + TcpFlags < frame.size()) {
            const std::uint32_t sequence = std::uint32_t(net::loadBig16(&frame[transport + 4]))
                    << 16
                | net::loadBig16(&frame[transport + 6]);
            const auto moved = std::uint32_t(sequence + (at - header));
            setBig16(frame, transport + 4, moved >> 16);
            setBig16(frame, transport + 6, moved & 0xffff);
            if (!isLast)
                frame[transport + TcpFlags] &= std::uint8_t(~OnlyOfTheLast);
        } else if (!m_context.isTcp) {
            setBig16(frame, transport + 4, length);
        }
        // The driver has summed the pseudo header without the length, which the card knows (3.5.8).
        if ((m_packet.options & InsertTransportChecksum) != 0) {
            addBig16(frame, m_context.checksum, length);
            insertChecksum(frame, transport, m_context.checksum, frame.size());
        }
        if ((m_packet.options & InsertIpChecksum) != 0) {
            setBig16(frame, m_context.ipChecksum, 0);
            insertChecksum(frame, ip, m_context.ipChecksum, std::size_t(m_context.ipEnd) + 1);
        }
        finishFrame(std::move(frame));
    }
}

void E1000::finishFrame(net::FrameBuffer frame)
{
    if (m_packet.hasVlan) {
        std::array<std::uint8_t, 4> tag = {};
        net::storeBig16(&tag[0], std::uint16_t(stored(VlanType)));
        net::storeBig16(&tag[2], m_packet.vlan);
        frame.insert(frame.begin() + TagPlace, tag.begin(), tag.end());
    }
    if ((stored(TransmitControl) & TransmitPad) != 0)
        frame.resize(std::max(frame.size(), LeastFrame));
    countFrame(GoodSent, BytesSent, frame.size() + CheckBytes);
    ++stored(TotalSent);
    if ((stored(Status) & StatusLinkUp) != 0)
        m_outgoing.push_back(std::move(frame));
}

} // namespace engine::e1000
