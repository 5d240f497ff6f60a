// SPDX-License-Identifier: GPL-3.0-or-later
// To the guest (Intel 317453, 3.2).
#include "engine/devices/e1000/e1000.h"
#include "engine/net/network_order.h"

#include <algorithm>
#include <array>

namespace engine::e1000 {

namespace {

constexpr std::size_t LeastFrame = 60; // shorter ones are padded
constexpr std::size_t CheckBytes = 4; // at a frame's end; the guest's driver takes them off
constexpr std::size_t LongestUsual = 1518; // with a VLAN tag, without the check bytes
constexpr std::size_t LongestAtAll = 16384;
constexpr std::size_t TagBytes = 4;
constexpr std::size_t TagPlace = 12; // after both addresses

} // namespace

std::uint32_t E1000::freeDescriptors() const
{
    const std::uint32_t count = stored(ReceiveLength) / std::uint32_t(DescriptorBytes);
    const std::uint32_t head = stored(ReceiveHead);
    const std::uint32_t tail = stored(ReceiveTail);
    if (head >= count || tail >= count)
        return 0;
    return (tail + count - head) % count;
}

std::uint32_t E1000::bufferBytes() const
{
    const std::uint32_t size = 2048u >> ((stored(ReceiveControl) >> 16) & 3);
    return (stored(ReceiveControl) & ReceiveLargeBuffers) != 0 && size < 2048 ? size * 16 : size;
}

bool E1000::canReceive() const
{
    return m_isRunning && isBusMaster() && (stored(ReceiveControl) & ReceiveOn) != 0
        && (stored(Status) & StatusLinkUp) != 0;
}

// The guest may have given some, gathered with other writes.
bool E1000::isReady() const
{
    bool isReadyNow = hasBuffers();
    if (!isReadyNow) {
        drainGathered();
        isReadyNow = hasBuffers();
    }
    if (isReadyNow)
        m_lackingSince.reset();
    else if (!m_lackingSince)
        m_lackingSince = PollClock::now();
    return isReadyNow;
}

bool E1000::hasBuffers() const
{
    const std::lock_guard guard(lock());
    if (!m_isRunning)
        return false;
    // As a real card: what comes while nobody listens is lost.
    return !canReceive()
        || std::uint64_t(freeDescriptors()) * bufferBytes() >= LongestUsual + CheckBytes;
}

// 13.4.22 and 13.5: who it is for.
bool E1000::isWanted(net::Frame frame, bool &isInexact) const
{
    const std::uint32_t control = stored(ReceiveControl);
    if ((control & ReceiveVlanFilter) != 0
        && net::loadBig16(&frame[TagPlace]) == stored(VlanType)) {
        const unsigned vlan = net::loadBig16(&frame[TagPlace + 2]) & 0xfffu;
        if ((stored(std::uint32_t(VlanTable + 4 * (vlan >> 5))) >> (vlan & 31) & 1) == 0)
            return false;
    }
    const bool isBroadcast = std::all_of(frame.begin(), frame.begin() + 6,
                                         [](std::uint8_t byte) { return byte == 0xff; });
    if (isBroadcast && (control & ReceiveBroadcast) != 0)
        return true;
    const auto low = loadLe<std::uint32_t>(&frame[0]);
    const auto high = loadLe<std::uint16_t>(&frame[4]);
    for (std::uint32_t i = 0; i < AddressCount; ++i) {
        const std::uint32_t address = ReceiveAddresses + 8 * i;
        if ((stored(address + 4) & AddressValid) != 0 && stored(address) == low
            && std::uint16_t(stored(address + 4)) == high)
            return true;
    }
    const bool isMulticast = (frame[0] & 1) != 0;
    if (!isMulticast)
        return (control & ReceiveAllUnicast) != 0;
    if ((control & ReceiveAllMulticast) != 0)
        return true;
    constexpr std::array<unsigned, 4> Shifts = {4, 3, 2, 0};
    const unsigned place = (high >> Shifts[(control >> 12) & 3]) & 0xfff;
    isInexact = true;
    return (stored(std::uint32_t(MulticastTable + 4 * (place >> 5))) >> (place & 31) & 1) != 0;
}

void E1000::deliver(net::Frame frame)
{
    const std::lock_guard guard(lock());
    if (!canReceive() || frame.size() < net::EthernetHeaderBytes + TagBytes
        || frame.size()
            > ((stored(ReceiveControl) & ReceiveLong) != 0 ? LongestAtAll : LongestUsual))
        return;
    bool isInexact = false;
    if (!isWanted(frame, isInexact))
        return;
    // What the guest gets is not checked, and it is told so.
    std::uint8_t status = ReceivedDone | ReceivedNoChecksum;
    if (isInexact)
        status |= ReceivedInexact;
    std::uint16_t vlan = 0;
    net::FrameBuffer bytes(frame.begin(), frame.end());
    if ((stored(Control) & ControlVlan) != 0
        && net::loadBig16(&frame[TagPlace]) == stored(VlanType)) {
        vlan = net::loadBig16(&frame[TagPlace + 2]);
        status |= ReceivedVlan;
        bytes.erase(bytes.begin() + TagPlace, bytes.begin() + TagPlace + TagBytes);
    }
    bytes.resize(std::max(bytes.size(), LeastFrame));
    if ((stored(ReceiveControl) & ReceiveStripChecksum) == 0)
        bytes.resize(bytes.size() + CheckBytes);
    if (!writeFrame(bytes, status, vlan)) {
        ++stored(MissedPackets);
        collect(CauseOverrun);
        return;
    }
    countFrame(GoodReceived, BytesReceived, frame.size() + CheckBytes);
    ++stored(TotalReceived);
    if ((frame[0] & 1) != 0)
        ++stored(frame[0] == 0xff ? BroadcastsReceived : MulticastsReceived);
    const std::uint32_t count = stored(ReceiveLength) / std::uint32_t(DescriptorBytes);
    const unsigned few = 1 + ((stored(ReceiveControl) >> 8) & 3); // a half, a quarter, an eighth
    collect(CauseReceived | (freeDescriptors() <= count >> few ? CauseFewDescriptors : 0u));
    if (freeDescriptors() == count >> few)
        raiseCollected(); // so that it gives more while others come
}

// Over as many descriptors as it takes; none is touched when they do not suffice.
bool E1000::writeFrame(net::Frame frame, std::uint8_t status, std::uint16_t vlan)
{
    const std::uint32_t count = stored(ReceiveLength) / std::uint32_t(DescriptorBytes);
    const std::size_t room = bufferBytes();
    const std::size_t needed = (frame.size() + room - 1) / room;
    if (needed > freeDescriptors())
        return false;
    const GuestMemory &ram = *connections().ram;
    const std::uint64_t ring =
        std::uint64_t(stored(ReceiveBaseHigh)) << 32 | stored(ReceiveBaseLow);
    for (std::size_t i = 0; i < needed; ++i) {
        const std::uint64_t at = ring + DescriptorBytes * stored(ReceiveHead);
        std::array<std::uint8_t, DescriptorBytes> descriptor = {};
        const net::Frame piece = frame.subspan(i * room, std::min(room, frame.size() - i * room));
        // What the driver placed outside memory goes nowhere.
        [[maybe_unused]] bool isMemory = ram.read(at, descriptor);
        if (const auto buffer = loadLe<std::uint64_t>(&descriptor[0]); buffer != 0)
            isMemory = ram.write(buffer, piece);
        const bool isLast = i + 1 == needed;
        storeLe(&descriptor[8], std::uint16_t(piece.size()));
        storeLe(&descriptor[10], std::uint16_t(0));
        descriptor[12] = isLast ? std::uint8_t(status | ReceivedEnd) : std::uint8_t(ReceivedDone);
        descriptor[13] = 0;
        storeLe(&descriptor[14], isLast ? vlan : std::uint16_t(0));
        isMemory = ram.write(at, descriptor);
        stored(ReceiveHead) = (stored(ReceiveHead) + 1) % count;
    }
    return true;
}

void E1000::countFrame(std::uint32_t packets, std::uint32_t bytes, std::size_t size)
{
    ++stored(packets);
    const std::uint64_t total =
        (stored(bytes) | std::uint64_t(stored(bytes + 4)) << 32) + std::uint64_t(size);
    stored(bytes) = std::uint32_t(total);
    stored(bytes + 4) = std::uint32_t(total >> 32);
}

} // namespace engine::e1000
