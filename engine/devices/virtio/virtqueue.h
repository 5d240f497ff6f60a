// SPDX-License-Identifier: GPL-3.0-or-later
// A split virtqueue (VIRTIO 1.1, 2.6): the only reader of rings that the guest writes.
//
// The guest is not trusted. Each descriptor is copied once, the copy is checked and used; a chain
// ends after as many descriptors as there can be; every buffer is RAM before anybody sees it. What
// a driver must not do breaks the queue for good: isBroken(), and the device asks for its reset.
// The bytes in the buffers can change at any time, so a device copies a header before it reads it.
//
// Called with the device's lock held.
#pragma once

#include "engine/bus/guest_memory.h"
#include "engine/bus/state_archive.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine::virtio {

// What the driver made available: host memory of the guest's RAM, in order.
struct Chain
{
    using Pieces = std::vector<std::span<std::uint8_t>>;

    std::uint16_t head = 0; // names it in push()
    Pieces readable; // by the device
    Pieces writable;
    std::uint64_t readableBytes = 0;
    std::uint64_t writableBytes = 0;
};

// Copies from or to pieces, `offset` bytes after their beginning; how many there were.
std::size_t copyFrom(const Chain::Pieces &pieces, std::uint64_t offset,
                     std::span<std::uint8_t> into);
std::size_t copyTo(const Chain::Pieces &pieces, std::uint64_t offset,
                   std::span<const std::uint8_t> from);
// The part of the pieces from `offset` on, of at most `size` bytes.
Chain::Pieces part(const Chain::Pieces &pieces, std::uint64_t offset, std::uint64_t size);

class Virtqueue final
{
public:
    static constexpr unsigned MaxSize = 1024;
    // A chain of more descriptors, an indirect table's included, is refused. As in QEMU
    // (VIRTQUEUE_MAX_SIZE), which drivers know, and what one vector of a host's read can take.
    static constexpr unsigned MaxChainDescriptors = 1024;

    // Where the driver put it (2.6: descriptor table, available ring, used ring).
    struct Addresses
    {
        std::uint64_t descriptors = 0;
        std::uint64_t available = 0;
        std::uint64_t used = 0;
    };

    explicit Virtqueue(std::uint16_t maxSize); // a power of two

    void reset();
    std::uint16_t maxSize() const { return m_maxSize; }
    std::uint16_t size() const { return m_size; }
    // Both before enable() only. A size of 0 or beyond maxSize() is ignored.
    void setSize(std::uint16_t size);
    Addresses &addresses() { return m_addresses; }
    const Addresses &addresses() const { return m_addresses; }
    void setFeatures(bool hasEventIndex, bool hasIndirect);
    // Of the next chain in the available ring.
    std::uint16_t position() const { return m_nextAvailable; }
    // Both positions of a queue that somebody else has served, enabled. What is outstanding stays
    // unanswered.
    void setPositions(std::uint16_t nextAvailable, std::uint16_t nextUsed);
    // What the rings themselves say. Enabled only.
    std::uint16_t availableIndex() const;
    std::uint16_t usedIndex() const;
    // Where the rings are on this host, for who serves the queue instead. Enabled only.
    struct Rings
    {
        std::uint8_t *descriptors = nullptr;
        std::uint8_t *available = nullptr;
        std::uint8_t *used = nullptr;
    };
    Rings rings() const { return {m_descriptors, m_available, m_used}; }

    // False, and broken: the size or the addresses are impossible.
    bool enable(const GuestMemory &memory);
    bool isEnabled() const { return m_isEnabled; }
    bool isBroken() const { return m_brokenBy != nullptr; }
    const char *brokenBy() const { return m_brokenBy; } // for the log; null: is not

    // Whether pop() would give something (or find the queue broken).
    bool hasAvailable() const;
    // Whether the last pop() since beginTurn() was one too many, and nothing was put back.
    bool wasFoundEmpty() const { return m_wasFoundEmpty; }
    void beginTurn() { m_wasFoundEmpty = false; }
    std::optional<Chain> pop();
    // The last pop() has not been. Only when nothing was pushed since; may be repeated for the ones
    // before.
    void unpop();
    // Back to the driver, with `written` bytes from the beginning of the writable pieces.
    void push(std::uint16_t head, std::uint64_t written);
    // The same in two steps, for chains that the driver has to see together.
    void put(std::uint16_t head, std::uint64_t written);
    void publish();
    // Whether what was pushed since the last time calls for an interrupt.
    bool takeInterrupt();
    // Whether the driver should notify about new chains. After turning it on look once more with
    // hasAvailable().
    void setNotified(bool isOn);
    // Popped, not pushed yet.
    unsigned outstanding() const { return m_outstanding; }

    // Nothing is outstanding. While loading `memory` is there, its contents may not be.
    void serialize(StateArchive &archive, const GuestMemory *memory);

private:
    bool breakBy(const char *reason);
    bool findRings(const GuestMemory &memory);
    bool addPiece(Chain &chain, std::uint64_t address, std::uint32_t length, bool isWritable);
    bool walk(Chain &chain);

    const std::uint16_t m_maxSize;
    std::uint16_t m_size;
    Addresses m_addresses;
    bool m_hasEventIndex = false;
    bool m_hasIndirect = false;
    bool m_isEnabled = false;
    const char *m_brokenBy = nullptr;
    std::uint16_t m_nextAvailable = 0;
    std::uint16_t m_nextUsed = 0;
    std::uint16_t m_signaledUsed = 0; // m_nextUsed when it was last decided about an interrupt
    unsigned m_outstanding = 0;
    bool m_wasFoundEmpty = false;
    const GuestMemory *m_memory = nullptr;
    std::uint8_t *m_descriptors = nullptr; // the rings, when enabled; checked for their whole size
    std::uint8_t *m_available = nullptr;
    std::uint8_t *m_used = nullptr;
};

} // namespace engine::virtio
