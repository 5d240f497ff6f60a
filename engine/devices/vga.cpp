// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga.h"

#include <utility>

namespace engine {

// VgaCore keeps the reference only, so that this is not made yet does not matter.
Vga::Vga(std::shared_ptr<VideoMemory> videoMemory, GuestClock &clock)
    : PciFunction("vga",
                  {.vendorId = 0x1234, .deviceId = 0x1111, .classCode = 0x030000, .revision = 2})
    , VgaCore(std::move(videoMemory), clock, *this)
{
    defineBar(MemoryBar, BarKind::Memory32, memory()->size(), true);
    backBar(MemoryBar, "video memory", memory()->bytes());
    defineBar(RegisterBar, BarKind::Memory32, RegisterBytes);
}

void Vga::resetFunction()
{
    resetVga(connections().mapper, barWindow(MemoryBar));
}

std::uint64_t Vga::readRegion(unsigned region, std::uint64_t offset, unsigned size)
{
    return readVga(region, offset, size);
}

void Vga::writeRegion(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    writeVga(region, offset, size, value);
}

void Vga::serializeFunction(StateArchive &archive, std::uint32_t)
{
    serializeVga(archive);
}

void Vga::barMapped(unsigned bar, bool)
{
    vgaBarMapped(bar);
}

} // namespace engine
