// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: descriptors 2.6.5, indirect 2.6.5.3, available ring 2.6.6, interrupts 2.6.7, used
// ring 2.6.8, notifications 2.6.10.
#include "engine/devices/virtio/virtqueue.h"

#include "engine/base/result.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

namespace engine::virtio {

namespace {

constexpr std::uint64_t DescriptorBytes = 16;
constexpr std::uint16_t FlagNext = 1;
constexpr std::uint16_t FlagWrite = 2;
constexpr std::uint16_t FlagIndirect = 4;
constexpr std::uint16_t NoInterrupt = 1; // available ring's flags
constexpr std::uint16_t NoNotify = 1; // used ring's flags

// Offsets in the rings: flags, index, entries, and the other side's event index behind them.
constexpr std::size_t FlagsOffset = 0;
constexpr std::size_t IndexOffset = 2;
constexpr std::size_t EntriesOffset = 4;
constexpr std::size_t AvailableEntryBytes = 2;
constexpr std::size_t UsedEntryBytes = 8;
constexpr std::size_t EventBytes = 2;

struct Descriptor
{
    std::uint64_t address = 0;
    std::uint32_t length = 0;
    std::uint16_t flags = 0;
    std::uint16_t next = 0;
};

Descriptor decode(const std::array<std::uint8_t, DescriptorBytes> &raw)
{
    return {.address = loadLe<std::uint64_t>(&raw[0]),
            .length = loadLe<std::uint32_t>(&raw[8]),
            .flags = loadLe<std::uint16_t>(&raw[12]),
            .next = loadLe<std::uint16_t>(&raw[14])};
}

// A 16-bit field of a ring, which a vCPU reads and writes at the same time. The address is even and
// inside a ring that findRings() checked.
std::atomic_ref<std::uint16_t> shared(std::uint8_t *field)
{
    return std::atomic_ref<std::uint16_t>(*reinterpret_cast<std::uint16_t *>(field));
}

bool isAligned(const void *pointer, std::uint64_t guestAddress, std::uint64_t alignment)
{
    const auto host = std::bit_cast<std::uintptr_t>(pointer);
    return guestAddress % alignment == 0 && host % alignof(std::uint16_t) == 0;
}

} // namespace

std::size_t copyFrom(const Chain::Pieces &pieces, std::uint64_t offset,
                     std::span<std::uint8_t> into)
{
    std::size_t done = 0;
    for (const std::span<std::uint8_t> piece : pieces) {
        if (done == into.size())
            break;
        if (offset >= piece.size()) {
            offset -= piece.size();
            continue;
        }
        const std::size_t length = std::min(piece.size() - std::size_t(offset), into.size() - done);
        std::memcpy(into.data() + done, piece.data() + offset, length);
        done += length;
        offset = 0;
    }
    return done;
}

std::size_t copyTo(const Chain::Pieces &pieces, std::uint64_t offset,
                   std::span<const std::uint8_t> from)
{
    std::size_t done = 0;
    for (const std::span<std::uint8_t> piece : pieces) {
        if (done == from.size())
            break;
        if (offset >= piece.size()) {
            offset -= piece.size();
            continue;
        }
        const std::size_t length = std::min(piece.size() - std::size_t(offset), from.size() - done);
        std::memcpy(piece.data() + offset, from.data() + done, length);
        done += length;
        offset = 0;
    }
    return done;
}

Chain::Pieces part(const Chain::Pieces &pieces, std::uint64_t offset, std::uint64_t size)
{
    Chain::Pieces result;
    for (const std::span<std::uint8_t> piece : pieces) {
        if (size == 0)
            break;
        if (offset >= piece.size()) {
            offset -= piece.size();
            continue;
        }
        const std::uint64_t length = std::min<std::uint64_t>(piece.size() - offset, size);
        result.push_back(piece.subspan(std::size_t(offset), std::size_t(length)));
        size -= length;
        offset = 0;
    }
    return result;
}

Virtqueue::Virtqueue(std::uint16_t maxSize)
    : m_maxSize(maxSize)
    , m_size(maxSize)
{
    check(std::has_single_bit(maxSize) && maxSize <= MaxSize, "a queue's size is a power of two");
}

void Virtqueue::reset()
{
    m_size = m_maxSize;
    m_addresses = {};
    m_hasEventIndex = false;
    m_hasIndirect = false;
    m_isEnabled = false;
    m_brokenBy = nullptr;
    m_nextAvailable = 0;
    m_nextUsed = 0;
    m_signaledUsed = 0;
    m_outstanding = 0;
    m_wasFoundEmpty = false;
    m_memory = nullptr;
    m_descriptors = nullptr;
    m_available = nullptr;
    m_used = nullptr;
}

void Virtqueue::setSize(std::uint16_t size)
{
    if (!m_isEnabled && size != 0 && size <= m_maxSize)
        m_size = size;
}

void Virtqueue::setFeatures(bool hasEventIndex, bool hasIndirect)
{
    if (m_isEnabled) // its rings were checked for what they hold then
        return;
    m_hasEventIndex = hasEventIndex;
    m_hasIndirect = hasIndirect;
}

void Virtqueue::setPositions(std::uint16_t nextAvailable, std::uint16_t nextUsed)
{
    m_nextAvailable = nextAvailable;
    m_nextUsed = m_signaledUsed = nextUsed;
    m_outstanding = 0;
}

bool Virtqueue::breakBy(const char *reason)
{
    m_brokenBy = reason;
    return false;
}

bool Virtqueue::findRings(const GuestMemory &memory)
{
    const std::size_t event = m_hasEventIndex ? EventBytes : 0;
    const auto descriptors = memory.span(m_addresses.descriptors, m_size * DescriptorBytes);
    const auto available =
        memory.span(m_addresses.available, EntriesOffset + m_size * AvailableEntryBytes + event);
    const auto used =
        memory.span(m_addresses.used, EntriesOffset + m_size * UsedEntryBytes + event);
    if (descriptors.empty() || available.empty() || used.empty())
        return breakBy("a ring is not in memory");
    // 2.6: descriptor table 16, available ring 2, used ring 4.
    if (!isAligned(descriptors.data(), m_addresses.descriptors, 16)
        || !isAligned(available.data(), m_addresses.available, 2)
        || !isAligned(used.data(), m_addresses.used, 4))
        return breakBy("a ring is not aligned");
    m_memory = &memory;
    m_descriptors = descriptors.data();
    m_available = available.data();
    m_used = used.data();
    return true;
}

bool Virtqueue::enable(const GuestMemory &memory)
{
    if (m_isEnabled)
        return true;
    if (!std::has_single_bit(m_size))
        return breakBy("its size is no power of two");
    if (!findRings(memory))
        return false;
    m_isEnabled = true;
    return true;
}

std::uint16_t Virtqueue::availableIndex() const
{
    // Entries and descriptors are read after it.
    return shared(m_available + IndexOffset).load(std::memory_order_acquire);
}

std::uint16_t Virtqueue::usedIndex() const
{
    return shared(m_used + IndexOffset).load(std::memory_order_acquire);
}

bool Virtqueue::hasAvailable() const
{
    return m_isEnabled && !m_brokenBy && availableIndex() != m_nextAvailable;
}

std::optional<Chain> Virtqueue::pop()
{
    m_wasFoundEmpty = !hasAvailable();
    if (m_wasFoundEmpty)
        return std::nullopt;
    const auto waiting = std::uint16_t(availableIndex() - m_nextAvailable);
    if (waiting > m_size || m_outstanding >= m_size) {
        breakBy("more chains are available than fit");
        return std::nullopt;
    }
    Chain chain;
    const std::size_t slot = m_nextAvailable % m_size;
    chain.head = shared(m_available + EntriesOffset + slot * AvailableEntryBytes)
                     .load(std::memory_order_relaxed);
    if (!walk(chain))
        return std::nullopt;
    ++m_nextAvailable;
    ++m_outstanding;
    return chain;
}

void Virtqueue::unpop()
{
    if (m_outstanding == 0)
        return;
    --m_nextAvailable;
    --m_outstanding;
    m_wasFoundEmpty = false; // what is there was seen and is waited on for more
}

bool Virtqueue::addPiece(Chain &chain, std::uint64_t address, std::uint32_t length, bool isWritable)
{
    if (!isWritable && chain.writableBytes > 0)
        return breakBy("a buffer to read follows one to write"); // 2.6.4.2
    if (length == 0)
        return true;
    if (!m_memory->spans(address, length, isWritable ? chain.writable : chain.readable))
        return breakBy("a buffer is not in memory");
    (isWritable ? chain.writableBytes : chain.readableBytes) += length;
    // 2.6.5: "total number of bytes in the chain" is below 2^32.
    if (chain.readableBytes + chain.writableBytes > std::numeric_limits<std::uint32_t>::max())
        return breakBy("a chain is too long");
    return true;
}

bool Virtqueue::walk(Chain &chain)
{
    std::uint64_t table = 0; // guest address of the indirect one
    std::uint32_t count = m_size; // of descriptors in the current table
    std::uint32_t limit = m_size; // who meets more has gone in a circle
    bool isIndirect = false;
    std::uint32_t index = chain.head;
    for (std::uint32_t seen = 0;; ++seen) {
        if (index >= count)
            return breakBy("a descriptor's index is too large");
        if (seen >= limit)
            return breakBy("a chain has too many descriptors");
        std::array<std::uint8_t, DescriptorBytes> raw;
        if (!isIndirect)
            std::memcpy(raw.data(), m_descriptors + index * DescriptorBytes, raw.size());
        else if (!m_memory->read(table + index * DescriptorBytes, raw))
            return breakBy("an indirect table is not in memory");
        const Descriptor descriptor = decode(raw);
        if ((descriptor.flags & FlagIndirect) != 0) {
            if (!m_hasIndirect || isIndirect || (descriptor.flags & FlagNext) != 0)
                return breakBy("an indirect table is where none may be");
            if (descriptor.length == 0 || descriptor.length % DescriptorBytes != 0)
                return breakBy("an indirect table has a wrong size");
            table = descriptor.address;
            count = std::uint32_t(descriptor.length / DescriptorBytes);
            limit = std::min<std::uint32_t>(seen + 1 + count, MaxChainDescriptors + 1);
            isIndirect = true;
            index = 0;
            continue;
        }
        if (!addPiece(chain, descriptor.address, descriptor.length,
                      (descriptor.flags & FlagWrite) != 0))
            return false;
        if ((descriptor.flags & FlagNext) == 0)
            return true;
        index = descriptor.next;
    }
}

void Virtqueue::push(std::uint16_t head, std::uint64_t written)
{
    put(head, written);
    publish();
}

void Virtqueue::put(std::uint16_t head, std::uint64_t written)
{
    if (!m_isEnabled || m_brokenBy || m_outstanding == 0)
        return;
    std::uint8_t *entry = m_used + EntriesOffset + (m_nextUsed % m_size) * UsedEntryBytes;
    storeLe(entry, std::uint32_t(head));
    storeLe(entry + 4, std::uint32_t(written));
    ++m_nextUsed;
    --m_outstanding;
}

void Virtqueue::publish()
{
    if (!m_isEnabled || m_brokenBy)
        return;
    // The driver sees the entries, and what is in the buffers, no later than the index.
    shared(m_used + IndexOffset).store(m_nextUsed, std::memory_order_release);
}

bool Virtqueue::takeInterrupt()
{
    if (!m_isEnabled || m_brokenBy)
        return false;
    const std::uint16_t before = std::exchange(m_signaledUsed, m_nextUsed);
    if (before == m_nextUsed)
        return false;
    // The driver writes what it wants and then reads the used index; we the other way round.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (!m_hasEventIndex)
        return (shared(m_available + FlagsOffset).load(std::memory_order_relaxed) & NoInterrupt)
            == 0;
    const std::uint16_t event = shared(m_available + EntriesOffset + m_size * AvailableEntryBytes)
                                    .load(std::memory_order_relaxed);
    return std::uint16_t(m_nextUsed - event - 1) < std::uint16_t(m_nextUsed - before);
}

void Virtqueue::setNotified(bool isOn)
{
    if (!m_isEnabled || m_brokenBy)
        return;
    if (!m_hasEventIndex)
        shared(m_used + FlagsOffset).store(isOn ? 0 : NoNotify, std::memory_order_relaxed);
    else if (isOn) // an event index that lies behind needs nothing to stay quiet
        shared(m_used + EntriesOffset + m_size * UsedEntryBytes)
            .store(availableIndex(), std::memory_order_relaxed);
    if (isOn)
        std::atomic_thread_fence(std::memory_order_seq_cst);
}

void Virtqueue::serialize(StateArchive &archive, const GuestMemory *memory)
{
    bool isBroken = m_brokenBy != nullptr;
    bool isEnabled = m_isEnabled;
    archive.value(m_size);
    archive.value(m_addresses.descriptors);
    archive.value(m_addresses.available);
    archive.value(m_addresses.used);
    archive.value(m_hasEventIndex);
    archive.value(m_hasIndirect);
    archive.value(isEnabled);
    archive.value(isBroken);
    archive.value(m_nextAvailable);
    archive.value(m_nextUsed);
    archive.value(m_signaledUsed);
    if (!archive.isLoading())
        return;
    m_outstanding = 0;
    m_wasFoundEmpty = false;
    m_isEnabled = false;
    m_brokenBy = nullptr;
    if (!archive.hasFailed()) {
        if (m_size == 0 || m_size > m_maxSize)
            archive.fail("a virtqueue has " + std::to_string(m_size) + " entries");
        else if (isEnabled && (!memory || !enable(*memory)))
            archive.fail("a virtqueue's rings are not in memory");
    }
    if (archive.hasFailed())
        reset();
    else if (isBroken)
        m_brokenBy = "it was when the state was saved";
}

} // namespace engine::virtio
