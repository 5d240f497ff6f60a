// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga_dispi.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint16_t FirstId = 0xb0c0;
constexpr std::uint16_t LastId = 0xb0c5;
constexpr std::uint16_t GetCapabilities = 0x02; // width, height, depth answer the greatest
constexpr std::uint16_t DoNotClear = 0x80;
constexpr std::uint64_t BankBytes = 65536;

bool isDepth(unsigned bits)
{
    return bits == 4 || bits == 8 || bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

} // namespace

void VgaDispi::reset()
{
    m_registers = {};
    m_registers[Id] = LastId;
    m_registers[Memory64K] =
        std::uint16_t(std::min<std::uint64_t>(m_memoryBytes / BankBytes, 0xffff));
}

std::uint16_t VgaDispi::read(unsigned index) const
{
    if (index >= RegisterCount)
        return 0;
    if ((m_registers[Enable] & GetCapabilities) != 0) {
        if (index == Width)
            return MaxWidth;
        if (index == Height)
            return MaxHeight;
        if (index == Depth)
            return 32;
    }
    return m_registers[index];
}

VgaDispi::Effect VgaDispi::write(unsigned index, std::uint16_t value)
{
    const auto before = m_registers;
    bool mustClear = false;
    switch (index) {
    case Id:
        // Firmware writes an id and reads it back to learn the version.
        if (value >= FirstId && value <= LastId)
            m_registers[Id] = value;
        return {};
    case Width:
    case Height:
    case Depth:
    case VirtualWidth:
    case OffsetX:
    case OffsetY:
        m_registers[index] = value;
        break;
    case Bank: {
        const std::uint64_t banks = m_memoryBytes / BankBytes;
        // A planar bank is 64 KiB of each plane.
        m_registers[Bank] = std::uint16_t(value % (depth() == 4 ? banks / 4 : banks));
        break;
    }
    case Enable: {
        const bool wasEnabled = isEnabled();
        m_registers[Enable] = value;
        if (isEnabled() != wasEnabled)
            m_registers[Bank] = 0;
        if (isEnabled() && !wasEnabled) {
            m_registers[VirtualWidth] = 0;
            m_registers[OffsetX] = 0;
            m_registers[OffsetY] = 0;
            mustClear = (value & DoNotClear) == 0;
        }
        break;
    }
    default: // the virtual height follows from the width; the memory is what it is
        return {};
    }
    if (isEnabled())
        makeFit();
    return {.isChanged = m_registers != before, .mustClear = mustClear};
}

void VgaDispi::makeFit()
{
    auto &r = m_registers;
    if (!isDepth(r[Depth]))
        r[Depth] = 8;
    r[Width] = std::uint16_t(std::clamp<unsigned>(r[Width] & ~7u, 8, MaxWidth));
    r[Height] = std::clamp<std::uint16_t>(r[Height], 1, MaxHeight);
    r[VirtualWidth] = std::max<std::uint16_t>(r[VirtualWidth] & 0xfff8, r[Width]);
    const std::uint64_t rows = std::min<std::uint64_t>(m_memoryBytes / pitch(), 0xffff);
    r[VirtualHeight] = std::uint16_t(rows);
    r[Height] = std::min(r[Height], r[VirtualHeight]);
    r[OffsetX] = std::min<std::uint16_t>(r[OffsetX], std::uint16_t(r[VirtualWidth] - r[Width]));
    r[OffsetY] = std::min<std::uint16_t>(r[OffsetY], std::uint16_t(r[VirtualHeight] - r[Height]));
}

std::uint32_t VgaDispi::pitch() const
{
    return std::uint32_t(m_registers[VirtualWidth]) * bitsPerPixel() / 8;
}

std::uint64_t VgaDispi::start() const
{
    const unsigned x = depth() == 4 ? m_registers[OffsetX] & ~7u : m_registers[OffsetX];
    return std::uint64_t(m_registers[OffsetY]) * pitch() + x * bitsPerPixel() / 8;
}

void VgaDispi::serialize(StateArchive &archive)
{
    archive.value(m_registers);
    if (!archive.isLoading())
        return;
    const std::uint16_t memory = m_registers[Memory64K];
    const auto loaded = m_registers;
    m_registers[Memory64K] =
        std::uint16_t(std::min<std::uint64_t>(m_memoryBytes / BankBytes, 0xffff));
    m_registers[Bank] = std::uint16_t(m_registers[Bank] % (m_memoryBytes / BankBytes));
    if (isEnabled())
        makeFit();
    if (memory != m_registers[Memory64K])
        archive.fail("the graphics card has another size of video memory");
    else if (loaded != m_registers)
        archive.fail("the graphics mode does not fit into the video memory");
}

} // namespace engine
