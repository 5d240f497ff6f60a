// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga_memory.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <bit>

namespace engine {

namespace {

constexpr std::uint8_t MemoryEnabled = 0x02; // miscellaneous output
constexpr std::uint8_t Sequential = 0x04; // memory mode: not odd/even
constexpr std::uint8_t Chain4 = 0x08; // memory mode
constexpr std::uint8_t HostOddEven = 0x10; // graphics mode
constexpr std::uint8_t ReadCompare = 0x08; // graphics mode
constexpr std::uint8_t ChainOddEven = 0x02; // graphics miscellaneous
constexpr std::uint32_t LegacyPlaneSize = 0x10000;

// One bit for a plane becomes its whole byte.
constexpr std::uint32_t planes(unsigned mask)
{
    std::uint32_t bytes = 0;
    for (unsigned plane = 0; plane < 4; ++plane)
        if ((mask >> plane & 1) != 0)
            bytes |= 0xffu << (8 * plane);
    return bytes;
}

constexpr std::uint32_t everyPlane(std::uint8_t value)
{
    return value * 0x01010101u;
}

bool isUntouched(const VgaRegisters &r)
{
    return r.sequencer(SrMapMask) == 0x0f && r.graphics(GrEnableSetReset) == 0
        && r.graphics(GrRotate) == 0 && r.graphics(GrBitMask) == 0xff
        && (r.graphics(GrMode) & (3 | ReadCompare)) == 0;
}

// What of which plane is written: the graphics controller's data path.
struct Pixels
{
    std::uint32_t value;
    std::uint32_t bits; // that are taken from `value`; the others keep what the latch has
};

Pixels processed(const VgaRegisters &r, std::uint8_t value, std::uint32_t latch)
{
    const unsigned mode = r.graphics(GrMode) & 3;
    if (mode == 1)
        return {latch, ~0u};
    Pixels pixels = {0, everyPlane(r.graphics(GrBitMask))};
    const std::uint8_t rotated = std::rotr(value, r.graphics(GrRotate) & 7);
    const std::uint32_t setReset = planes(r.graphics(GrSetReset));
    if (mode == 0) {
        const std::uint32_t isSet = planes(r.graphics(GrEnableSetReset));
        pixels.value = (everyPlane(rotated) & ~isSet) | (setReset & isSet);
    } else if (mode == 2) {
        pixels.value = planes(value & 0x0fu);
    } else {
        pixels.value = setReset;
        pixels.bits &= everyPlane(rotated);
    }
    switch (r.graphics(GrRotate) >> 3) {
    case 1:
        pixels.value &= latch;
        break;
    case 2:
        pixels.value |= latch;
        break;
    case 3:
        pixels.value ^= latch;
        break;
    default:
        break;
    }
    return pixels;
}

} // namespace

VgaWindow decodeVgaWindow(const VgaRegisters &registers, const VgaDispi &dispi,
                          std::size_t memoryBytes)
{
    VgaWindow window;
    if (dispi.isPacked()) {
        window.kind = VgaWindow::Kind::Plain;
        window.size = 0x10000;
        window.memoryOffset = std::uint64_t(dispi.bank()) << 16;
        return window.memoryOffset + window.size <= memoryBytes ? window : VgaWindow();
    }
    if ((registers.miscellaneous() & MemoryEnabled) == 0)
        return window;
    switch (registers.graphics(GrMiscellaneous) >> 2 & 3) {
    case 0:
        window.size = 0x20000;
        break;
    case 1:
        window.size = 0x10000;
        break;
    case 2:
        window.start = 0x10000;
        window.size = 0x8000;
        break;
    default:
        window.start = 0x18000;
        window.size = 0x8000;
        break;
    }
    const bool isChain4 = (registers.sequencer(SrMemoryMode) & Chain4) != 0;
    window.kind = !isChain4      ? VgaWindow::Kind::Planar
        : isUntouched(registers) ? VgaWindow::Kind::Plain
                                 : VgaWindow::Kind::Chain4;
    window.planeSize = LegacyPlaneSize;
    if (dispi.isEnabled()) {
        window.planeSize = std::uint32_t(memoryBytes / 4);
        window.planeOffset = dispi.bank() << 16;
    }
    return window;
}

std::optional<std::uint64_t> VgaMemory::locate(const VgaWindow &window, std::uint32_t address) const
{
    // A VGA has 64 KiB in a plane and wraps; beyond a larger memory is nothing.
    if (window.planeSize == LegacyPlaneSize)
        return std::uint64_t(address % LegacyPlaneSize) * 4;
    const std::uint64_t at = std::uint64_t(window.planeOffset) + address;
    if (at >= window.planeSize)
        return std::nullopt;
    return at * 4;
}

std::uint8_t VgaMemory::read(const VgaWindow &window, const VgaRegisters &registers,
                             std::uint32_t offset)
{
    if (window.kind == VgaWindow::Kind::Off || offset < window.start
        || offset - window.start >= window.size)
        return 0xff;
    std::uint32_t address = offset - window.start;
    if (window.kind == VgaWindow::Kind::Plain)
        return m_memory[std::size_t(window.memoryOffset + address)];
    unsigned plane = registers.graphics(GrReadMap);
    if (window.kind == VgaWindow::Kind::Chain4) {
        plane = address & 3;
        address >>= 2;
    } else if ((registers.graphics(GrMode) & HostOddEven) != 0) {
        plane = (plane & 2) | (address & 1);
    }
    if (window.kind == VgaWindow::Kind::Planar
        && (registers.graphics(GrMiscellaneous) & ChainOddEven) != 0)
        address &= ~1u;
    const std::optional<std::uint64_t> at = locate(window, address);
    if (!at)
        return 0xff;
    m_latch = loadLe<std::uint32_t>(&m_memory[std::size_t(*at)]);
    if ((registers.graphics(GrMode) & ReadCompare) == 0)
        return std::uint8_t(m_latch >> (8 * plane));
    // A bit is set where every plane that matters has the color's bit.
    std::uint32_t different = (m_latch ^ planes(registers.graphics(GrColorCompare)))
        & planes(registers.graphics(GrColorCare));
    different |= different >> 16;
    different |= different >> 8;
    return std::uint8_t(~different);
}

std::optional<std::uint64_t> VgaMemory::write(const VgaWindow &window,
                                              const VgaRegisters &registers, std::uint32_t offset,
                                              std::uint8_t value)
{
    if (window.kind == VgaWindow::Kind::Off || offset < window.start
        || offset - window.start >= window.size)
        return std::nullopt;
    std::uint32_t address = offset - window.start;
    if (window.kind == VgaWindow::Kind::Plain) {
        m_memory[std::size_t(window.memoryOffset + address)] = value;
        return window.memoryOffset + address;
    }
    unsigned mask = registers.sequencer(SrMapMask);
    if (window.kind == VgaWindow::Kind::Chain4) {
        mask &= 1u << (address & 3);
        address >>= 2;
    } else {
        if ((registers.sequencer(SrMemoryMode) & Sequential) == 0)
            mask &= (address & 1) != 0 ? 0x0au : 0x05u;
        if ((registers.graphics(GrMiscellaneous) & ChainOddEven) != 0)
            address &= ~1u;
    }
    const std::optional<std::uint64_t> at = locate(window, address);
    if (!at || mask == 0)
        return std::nullopt;
    std::uint8_t *to = &m_memory[std::size_t(*at)];
    const Pixels pixels = processed(registers, value, m_latch);
    const std::uint32_t result = (pixels.value & pixels.bits) | (m_latch & ~pixels.bits);
    const std::uint32_t written = planes(mask);
    storeLe(to, (loadLe<std::uint32_t>(to) & ~written) | (result & written));
    return at;
}

} // namespace engine
