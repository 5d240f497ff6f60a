// SPDX-License-Identifier: GPL-3.0-or-later
// How the processor reaches a VGA's memory through the window at A0000h: where the window is, and
// what the graphics controller makes of bytes (PS/2 Video Subsystem, "VGA Function": display
// memory, write modes 0 to 3, read modes 0 and 1; FreeVGA project, "Accessing the VGA Display
// Memory").
//
// The four planes lie interleaved: byte n of plane p is byte 4n + p of the video memory. In chain-4
// mode consecutive bytes go to consecutive planes, so there the window is the memory as it is, and
// can be mapped. (An original VGA leaves three of four addresses of a plane unused then; the CRT
// controller's doubleword mode steps over them, so nobody can tell.)
#pragma once

#include "engine/devices/vga_dispi.h"
#include "engine/devices/vga_registers.h"

#include <cstdint>
#include <optional>
#include <span>

namespace engine {

inline constexpr std::uint32_t VgaWindowBase = 0xa0000;
inline constexpr std::uint32_t VgaWindowSize = 0x20000;

struct VgaWindow
{
    enum class Kind : std::uint8_t {
        Off, // the processor does not reach the memory
        Plain, // bytes are bytes: it may be mapped
        Chain4,
        Planar, // odd/even included
    };
    Kind kind = Kind::Off;
    std::uint32_t start = 0; // from VgaWindowBase
    std::uint32_t size = 0;
    std::uint64_t memoryOffset = 0; // Plain: of the window's first byte in the memory
    std::uint32_t planeOffset = 0; // else: of its first address in a plane
    std::uint32_t planeSize = 0; // addresses; a power of two, or what there is

    bool operator==(const VgaWindow &) const = default;
};

VgaWindow decodeVgaWindow(const VgaRegisters &registers, const VgaDispi &dispi,
                          std::size_t memoryBytes);

class VgaMemory final
{
public:
    explicit VgaMemory(std::span<std::uint8_t> memory)
        : m_memory(memory)
    { }

    void reset() { m_latch = 0; }
    // `offset` counts from VgaWindowBase. Outside of the window reads are all ones.
    std::uint8_t read(const VgaWindow &window, const VgaRegisters &registers, std::uint32_t offset);
    // Where in the memory something may have changed; nullopt: nowhere.
    std::optional<std::uint64_t> write(const VgaWindow &window, const VgaRegisters &registers,
                                       std::uint32_t offset, std::uint8_t value);

    void serialize(StateArchive &archive) { archive.value(m_latch); }

private:
    std::optional<std::uint64_t> locate(const VgaWindow &window, std::uint32_t address) const;

    std::span<std::uint8_t> m_memory;
    std::uint32_t m_latch = 0; // a byte of each plane, plane 0 lowest
};

} // namespace engine
