// SPDX-License-Identifier: GPL-3.0-or-later
// The Bochs display interface ("VBE dispi"): resolutions and depths beyond VGA, in eleven 16-bit
// registers. QEMU docs/specs/standard-vga.rst; Bochs iodev/display/vga.h names and numbers them.
//
// Values that fit no memory are made to fit while the display is enabled, so a picture always lies
// inside the video memory.
#pragma once

#include "engine/bus/state_archive.h"

#include <array>
#include <cstdint>

namespace engine {

class VgaDispi final
{
public:
    enum Index : unsigned {
        Id,
        Width,
        Height,
        Depth,
        Enable,
        Bank,
        VirtualWidth,
        VirtualHeight,
        OffsetX,
        OffsetY,
        Memory64K,
    };
    static constexpr unsigned RegisterCount = 11;
    static constexpr std::uint16_t MaxWidth = 8192;
    static constexpr std::uint16_t MaxHeight = 8192;

    // A multiple of 64 KiB, at least 1 MiB.
    explicit VgaDispi(std::uint64_t videoMemoryBytes)
        : m_memoryBytes(videoMemoryBytes)
    {
        reset();
    }

    void reset();
    std::uint16_t read(unsigned index) const;
    struct Effect
    {
        bool isChanged = false;
        bool mustClear = false; // the first pitch() * height() bytes, as the guest asked
    };
    Effect write(unsigned index, std::uint16_t value);

    bool isEnabled() const { return (m_registers[Enable] & 1) != 0; }
    bool isPacked() const { return isEnabled() && depth() >= 8; } // else planar, 4 bits
    bool hasWideDac() const { return (m_registers[Enable] & 0x20) != 0; }
    unsigned width() const { return m_registers[Width]; }
    unsigned height() const { return m_registers[Height]; }
    unsigned depth() const { return m_registers[Depth]; } // 4, 8, 15, 16, 24, 32
    std::uint32_t pitch() const; // bytes; of planar modes in all four planes together
    std::uint64_t start() const; // of the picture, in bytes; planar as pitch()
    unsigned bank() const { return m_registers[Bank]; } // of 64 KiB

    void serialize(StateArchive &archive);

private:
    unsigned bitsPerPixel() const { return depth() == 15 ? 16 : depth(); }
    void makeFit();

    std::array<std::uint16_t, RegisterCount> m_registers = {};
    std::uint64_t m_memoryBytes;
};

} // namespace engine
