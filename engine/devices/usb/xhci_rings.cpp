// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1: TRB rings 4.9, event ring management 4.9.4, event ring segment table 6.5.
#include "engine/devices/usb/xhci_rings.h"

#include <algorithm>
#include <atomic>

namespace engine::xhci {

namespace {

constexpr std::uint32_t MinSegmentTrbs = 16;
constexpr std::uint32_t MaxSegmentTrbs = 4096;
constexpr std::uint64_t TableEntryBytes = 16;

} // namespace

void RingPosition::follow(const Trb &link)
{
    address = link.parameter & ~std::uint64_t(15);
    if (link.has(TrbToggle))
        cycle = !cycle;
}

void RingPosition::serialize(StateArchive &archive)
{
    archive.value(address);
    archive.value(cycle);
    address &= ~std::uint64_t(15);
}

Fetched fetch(const GuestMemory &memory, RingPosition &position, Trb &into)
{
    // The guest writes the word with the cycle bit last.
    const std::optional<std::uint32_t> control = memory.load<std::uint32_t>(position.address + 12);
    if (!control)
        return Fetched::NoMemory;
    if (((*control & TrbCycle) != 0) != position.cycle)
        return Fetched::Nothing;
    std::atomic_thread_fence(std::memory_order_acquire);
    std::array<std::uint8_t, 12> raw;
    if (!memory.read(position.address, raw))
        return Fetched::NoMemory;
    into.parameter = loadLe<std::uint64_t>(&raw[0]);
    into.status = loadLe<std::uint32_t>(&raw[8]);
    into.control = *control;
    into.address = position.address;
    position.address += TrbBytes;
    return Fetched::Trb;
}

void EventRing::reset()
{
    *this = EventRing();
}

bool EventRing::start(const GuestMemory &memory)
{
    m_segmentCount = 0;
    m_segment = 0;
    m_index = 0;
    m_cycle = true;
    if (m_tableSize == 0 || m_tableSize > MaxSegments)
        return false;
    for (std::uint32_t i = 0; i < m_tableSize; ++i) {
        std::array<std::uint8_t, TableEntryBytes> raw;
        if (!memory.read(m_table + i * TableEntryBytes, raw))
            return false;
        m_segments[i].address = loadLe<std::uint64_t>(&raw[0]) & ~std::uint64_t(63);
        m_segments[i].count = loadLe<std::uint32_t>(&raw[8]) & 0xffff;
        if (m_segments[i].count < MinSegmentTrbs || m_segments[i].count > MaxSegmentTrbs)
            return false;
    }
    m_segmentCount = m_tableSize;
    return true;
}

EventRing::Put EventRing::put(const GuestMemory &memory, Trb event)
{
    if (!isStarted())
        return Put::NoMemory;
    std::uint32_t segment = m_segment;
    std::uint32_t index = m_index + 1;
    bool cycle = m_cycle;
    if (index == m_segments[segment].count) {
        index = 0;
        segment = (segment + 1) % m_segmentCount;
        cycle = segment == 0 ? !cycle : cycle;
    }
    // One place stays empty, or a full ring would look like an empty one.
    if (m_segments[segment].address + std::uint64_t(index) * TrbBytes == m_dequeue)
        return Put::Full;
    const std::uint64_t address = placeAddress();
    event.control = (event.control & ~std::uint32_t(TrbCycle)) | (m_cycle ? TrbCycle : 0u);
    std::array<std::uint8_t, 12> raw;
    storeLe(&raw[0], event.parameter);
    storeLe(&raw[8], event.status);
    if (!memory.write(address, raw))
        return Put::NoMemory;
    std::atomic_thread_fence(std::memory_order_release);
    if (!memory.store(address + 12, event.control))
        return Put::NoMemory;
    m_segment = segment;
    m_index = index;
    m_cycle = cycle;
    return Put::Done;
}

void EventRing::serialize(StateArchive &archive)
{
    archive.value(m_tableSize);
    archive.value(m_table);
    archive.value(m_dequeue);
    for (Segment &segment : m_segments) {
        archive.value(segment.address);
        archive.value(segment.count);
    }
    archive.value(m_segmentCount);
    archive.value(m_segment);
    archive.value(m_index);
    archive.value(m_cycle);
    if (!archive.isLoading() || archive.hasFailed())
        return;
    const bool isSound = m_segmentCount == 0
        || (m_segmentCount <= MaxSegments && m_segment < m_segmentCount
            && std::all_of(m_segments.begin(), m_segments.begin() + m_segmentCount,
                           [](const Segment &each) {
                               return each.count >= MinSegmentTrbs && each.count <= MaxSegmentTrbs;
                           })
            && m_index < m_segments[m_segment].count);
    if (!isSound) {
        reset();
        archive.fail("its event ring is none");
    }
}

} // namespace engine::xhci
