// SPDX-License-Identifier: GPL-3.0-or-later
// What a VGA shows, as values: made of the registers at one moment, drawn later and elsewhere
// (vga_render.h). Two equal pictures over the same memory look the same.
#pragma once

#include "engine/devices/vga_dispi.h"
#include "engine/devices/vga_registers.h"

#include <array>
#include <cstdint>

namespace engine {

// The way of the CRT controller through the planes (PS/2 Video Subsystem, "CRT controller
// registers"), for text and for graphics that is not packed.
struct VgaScan
{
    enum class Pixels : std::uint8_t { Text, Planes, TwoBits, Bytes };
    enum class Addresses : std::uint8_t { Byte, Word, Doubleword };

    Pixels pixels = Pixels::Text;
    Addresses addresses = Addresses::Byte;
    std::uint32_t columns = 0; // characters, or groups of 8 dots
    std::uint8_t columnDots = 8;
    bool isDotDoubled = false;
    bool isLineDoubled = false;
    std::uint8_t rowLines = 1; // scan lines of a row
    std::uint8_t firstRowLine = 0; // preset row scan
    std::uint32_t start = 0; // the counter at the top left
    std::uint32_t pitch = 0; // counts from row to row
    std::uint32_t planeSize = 0x10000; // addresses
    std::uint32_t splitLine = ~0u; // the lines after this one begin again at 0
    std::uint8_t panning = 0; // dots
    bool isPanningSplit = false; // it ends at the split
    bool isWrapHigh = false; // word addresses take bit 15, not 13, as the lowest
    bool hasRowBit13 = false; // line numbers replace address bits: CGA and Hercules layouts
    bool hasRowBit14 = false;
    // Text
    std::uint32_t fontA = 0; // address in plane 2: for attribute bit 3
    std::uint32_t fontB = 0;
    bool isBlinking = false; // attribute bit 7 is no color
    bool hasUnderline = false;
    std::uint8_t underlineLine = 0;
    bool isLineDrawing = false; // the ninth dot of C0h to DFh repeats the eighth
    std::array<std::uint32_t, 16> colors = {};
    std::uint8_t planeMask = 0x0f;

    bool operator==(const VgaScan &) const = default;
};

struct VgaCursor
{
    bool isOn = false;
    std::uint32_t place = 0; // the counter's value
    std::uint8_t firstLine = 0;
    std::uint8_t lastLine = 0;

    bool operator==(const VgaCursor &) const = default;
};

struct VgaPicture
{
    enum class Kind : std::uint8_t { None, Packed, Scanned };
    Kind kind = Kind::None;
    bool isBlank = false; // black, at the same size
    bool isFirmware = false; // VGA timing, programmed register by register: not settled at once
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    // Packed
    std::uint8_t depth = 0; // 8, 15, 16, 24, 32
    bool isBigEndian = false;
    std::uint64_t start = 0; // bytes
    std::uint32_t pitch = 0; // bytes
    std::array<std::uint32_t, 256> palette = {}; // where pixels are bytes: 0xffRRGGBB
    // Scanned
    VgaScan scan;
    VgaCursor cursor;

    bool isText() const { return kind == Kind::Scanned && scan.pixels == VgaScan::Pixels::Text; }
    bool operator==(const VgaPicture &) const = default;
};

VgaPicture decodeVgaPicture(const VgaRegisters &registers, const VgaDispi &dispi, bool isBigEndian,
                            std::uint64_t memoryBytes);

// Where a line's pixels are in the memory: [first, first + size). Fonts are elsewhere.
struct VgaLineMemory
{
    std::uint64_t first = 0;
    std::uint64_t size = 0;
};
VgaLineMemory vgaLineMemory(const VgaPicture &picture, std::uint32_t line);

// The counter at a scan line's start, and the line's number in its row.
struct VgaRow
{
    std::uint32_t counter = 0;
    std::uint32_t line = 0;
    bool isSplit = false;
};
VgaRow vgaRow(const VgaScan &scan, std::uint32_t line);
// Panning shows part of one column more.
inline std::uint32_t vgaShownColumns(const VgaScan &scan)
{
    return scan.columns + (scan.panning != 0 ? 1 : 0);
}
// From the counter to an address in the planes.
std::uint32_t vgaAddress(const VgaScan &scan, std::uint32_t counter, std::uint32_t rowLine);

} // namespace engine
