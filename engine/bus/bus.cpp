// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/bus.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <bit>

namespace engine {

namespace {

bool isOneAccess(const Bus::Range &range, std::uint64_t address, unsigned size)
{
    return std::has_single_bit(size) && size <= 8 && range.size - (address - range.base) >= size;
}

} // namespace

void serializeDevice(StateArchive &archive, Device &device)
{
    const std::lock_guard lock(device.lock());
    const std::uint32_t version = archive.beginChunk(device.name(), device.stateVersion());
    if (!archive.hasFailed())
        device.serialize(archive, version);
    archive.endChunk();
}

void Bus::add(const Range &range)
{
    check(range.device && range.size > 0, "a range needs a device and a size");
    check(range.base + (range.size - 1) >= range.base, "a range wraps around");
    const std::unique_lock lock(m_mutex);
    const auto place = std::find_if(m_ranges.begin(), m_ranges.end(), [&](const Range &other) {
        return other.priority > range.priority;
    });
    m_ranges.insert(place, range);
}

void Bus::remove(const Device &device, unsigned region)
{
    const std::unique_lock lock(m_mutex);
    std::erase_if(m_ranges, [&](const Range &range) {
        return range.device == &device && range.region == region;
    });
}

Bus::Range Bus::find(std::uint64_t address) const
{
    const std::shared_lock lock(m_mutex);
    for (const Range &range : m_ranges)
        if (address >= range.base && address - range.base < range.size)
            return range;
    return {};
}

bool Bus::isEmpty(std::uint64_t address, unsigned size) const
{
    const std::shared_lock lock(m_mutex);
    return std::none_of(m_ranges.begin(), m_ranges.end(), [&](const Range &range) {
        return address < range.base ? range.base - address < size
                                    : address - range.base < range.size;
    });
}

std::uint64_t Bus::read(std::uint64_t address, unsigned size)
{
    const Range range = find(address);
    if (range.device && isOneAccess(range, address, size)) {
        const std::lock_guard lock(range.device->lock());
        return range.device->read(range.region, range.offset + (address - range.base), size)
            & maskOfBytes(size);
    }
    if (!range.device && isEmpty(address, size)) {
        m_unclaimed.fetch_add(1, std::memory_order_relaxed);
        return maskOfBytes(size);
    }
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size && i < 8; ++i)
        value |= read(address + i, 1) << (8 * i);
    return value;
}

void Bus::write(std::uint64_t address, unsigned size, std::uint64_t value)
{
    const Range range = find(address);
    if (range.device && isOneAccess(range, address, size)) {
        const std::lock_guard lock(range.device->lock());
        range.device->write(range.region, range.offset + (address - range.base), size,
                            value & maskOfBytes(size));
        return;
    }
    if (!range.device && isEmpty(address, size)) {
        m_unclaimed.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    for (unsigned i = 0; i < size && i < 8; ++i)
        write(address + i, 1, (value >> (8 * i)) & 0xff);
}

std::vector<Bus::Range> Bus::ranges() const
{
    const std::shared_lock lock(m_mutex);
    return m_ranges;
}

} // namespace engine
