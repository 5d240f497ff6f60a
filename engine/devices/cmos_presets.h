// SPDX-License-Identifier: GPL-3.0-or-later
// What firmware finds in the CMOS memory of a machine that leaves the factory. Where the bytes are
// and what they mean: SeaBIOS, src/hw/rtc.h, and Ralf Brown's CMOS list (CMOS.LST).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace engine {

inline constexpr std::size_t CmosBytes = 128;

// The number that stands for a kind in the boot order.
enum class CmosBoot : std::uint8_t { None, Floppy, HardDisk, Optical, Network };

struct CmosPresets
{
    std::uint64_t memoryBelow4GiB = 0; // in bytes, from address 0
    std::uint64_t memoryAbove4GiB = 0;
    unsigned vcpus = 1;
    std::array<CmosBoot, 3> bootOrder = {};
    std::int64_t clockOffsetSeconds = 0; // what the clock shows beyond UTC

    // All but the clock's own registers.
    std::array<std::uint8_t, CmosBytes> bytes() const;
};

} // namespace engine
