// SPDX-License-Identifier: GPL-3.0-or-later
// Rings of TRBs in the guest's memory (xHCI 1.1, 4.9): reading commands and transfers, and writing
// events. Addresses are the guest's and lead anywhere. With the controller's lock held.
#pragma once

#include "engine/bus/guest_memory.h"
#include "engine/bus/state_archive.h"
#include "engine/devices/usb/xhci_registers.h"

#include <array>
#include <cstdint>

namespace engine::xhci {

struct Trb
{
    std::uint64_t parameter = 0;
    std::uint32_t status = 0;
    std::uint32_t control = 0;
    std::uint64_t address = 0; // where it was read

    bool operator==(const Trb &) const = default;

    unsigned type() const { return (control >> 10) & 0x3f; }
    std::uint32_t length() const { return status & TrbLengthMask; }
    unsigned slot() const { return control >> 24; }
    unsigned endpoint() const { return (control >> 16) & 0x1f; }
    bool has(std::uint32_t bit) const { return (control & bit) != 0; }
    bool isData() const // of a transfer
    {
        return type() == TrbNormal || type() == TrbData || type() == TrbIsochronous;
    }
};

struct RingPosition
{
    std::uint64_t address = 0;
    bool cycle = true;

    void follow(const Trb &link);
    void serialize(StateArchive &archive);
};

enum class Fetched : std::uint8_t { Trb, Nothing, NoMemory };
// The TRB at the position when it is the controller's; the position is behind it then. Links are
// given like any other.
Fetched fetch(const GuestMemory &memory, RingPosition &position, Trb &into);

class EventRing final
{
public:
    void reset();
    void setTableSize(std::uint32_t size) { m_tableSize = size & 0xffff; }
    std::uint32_t tableSize() const { return m_tableSize; }
    void setTable(std::uint64_t address) { m_table = address; }
    std::uint64_t table() const { return m_table; }
    // Reads the table of segments and begins at the first one. False: it is none.
    bool start(const GuestMemory &memory);
    bool isStarted() const { return m_segmentCount != 0; }

    void setDequeue(std::uint64_t address) { m_dequeue = address; }
    std::uint64_t dequeue() const { return m_dequeue; }
    bool isEmpty() const { return !isStarted() || m_dequeue == placeAddress(); }

    enum class Put : std::uint8_t { Done, Full, NoMemory };
    Put put(const GuestMemory &memory, Trb event);

    void serialize(StateArchive &archive);

private:
    struct Segment
    {
        std::uint64_t address = 0;
        std::uint32_t count = 0; // TRBs
    };
    std::uint64_t placeAddress() const
    {
        return m_segments[m_segment].address + std::uint64_t(m_index) * TrbBytes;
    }

    std::uint32_t m_tableSize = 0;
    std::uint64_t m_table = 0;
    std::uint64_t m_dequeue = 0;
    std::array<Segment, MaxSegments> m_segments = {};
    std::uint32_t m_segmentCount = 0;
    std::uint32_t m_segment = 0; // the producer's
    std::uint32_t m_index = 0;
    bool m_cycle = true;
};

} // namespace engine::xhci
