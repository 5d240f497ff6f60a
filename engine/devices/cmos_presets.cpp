// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/cmos_presets.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;

std::uint64_t beyond(std::uint64_t size, std::uint64_t start)
{
    return size > start ? size - start : 0;
}

} // namespace

std::array<std::uint8_t, CmosBytes> CmosPresets::bytes() const
{
    std::array<std::uint8_t, CmosBytes> cmos = {};
    const auto store = [&](std::size_t low, std::uint64_t value, unsigned count) {
        const std::uint64_t most = (std::uint64_t(1) << (8 * count)) - 1;
        value = std::min(value, most);
        for (unsigned i = 0; i < count; ++i)
            cmos[low + i] = std::uint8_t(value >> (8 * i));
    };
    // Equipment: a coprocessor, a PS/2 mouse, a display adapter with its own BIOS.
    cmos[0x14] = 0x06;
    store(0x15, std::min(memoryBelow4GiB, 640 * KiB) / KiB, 2);
    const std::uint64_t extended = beyond(memoryBelow4GiB, MiB) / KiB;
    store(0x17, extended, 2);
    store(0x30, extended, 2);
    store(0x34, beyond(memoryBelow4GiB, 16 * MiB) / (64 * KiB), 2);
    store(0x5b, memoryAbove4GiB / (64 * KiB), 3);
    cmos[0x5f] = std::uint8_t(std::clamp(vcpus, 1u, 256u) - 1);
    cmos[0x3d] = std::uint8_t(unsigned(bootOrder[0]) | unsigned(bootOrder[1]) << 4);
    // Bit 0: a floppy's boot sector need not end with 55 AA.
    cmos[0x38] = std::uint8_t(unsigned(bootOrder[2]) << 4 | 1);
    unsigned sum = 0;
    for (std::size_t i = 0x10; i <= 0x2d; ++i)
        sum += cmos[i];
    cmos[0x2e] = std::uint8_t(sum >> 8);
    cmos[0x2f] = std::uint8_t(sum);
    return cmos;
}

} // namespace engine
