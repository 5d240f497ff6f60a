// SPDX-License-Identifier: GPL-3.0-or-later
// One address space of the machine (I/O ports, or guest physical addresses that are no RAM): ranges
// to devices. A guest can lay its BARs over anything, so ranges may overlap: what the board fixed
// wins over what the guest placed, among equals the older one.
//
// Any thread. The device's lock is held around each access, the bus's own never is. Devices live as
// long as the bus is used.
#pragma once

#include "engine/bus/device.h"

#include <atomic>
#include <cstdint>
#include <shared_mutex>
#include <vector>

namespace engine {

enum class BusPriority : std::uint8_t { Fixed, GuestPlaced };

class Bus final
{
public:
    // An address range and what is there; region and offset go to the device.
    struct Range
    {
        std::uint64_t base = 0;
        std::uint64_t size = 0;
        Device *device = nullptr;
        unsigned region = 0;
        BusPriority priority = BusPriority::Fixed;
        std::uint64_t offset = 0; // of the first address in the region
    };

    void add(const Range &range);
    // All of the device's ranges of this region.
    void remove(const Device &device, unsigned region);

    // Any size from 1 to 8. Where nothing is: all ones, and writes vanish; both are counted.
    std::uint64_t read(std::uint64_t address, unsigned size);
    void write(std::uint64_t address, unsigned size, std::uint64_t value);

    std::vector<Range> ranges() const; // for logs and tests
    std::uint64_t unclaimedAccesses() const { return m_unclaimed.load(std::memory_order_relaxed); }

private:
    Range find(std::uint64_t address) const; // without a device: nothing is there

    bool isEmpty(std::uint64_t address, unsigned size) const;

    mutable std::shared_mutex m_mutex;
    std::vector<Range> m_ranges; // the first that fits wins
    std::atomic<std::uint64_t> m_unclaimed = 0;
};

} // namespace engine
