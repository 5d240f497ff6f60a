// SPDX-License-Identifier: GPL-3.0-or-later
// The standard graphics card: the VGA of vga_core.h as PCI 1234:1111, as QEMU's "VGA" device is
// (docs/specs/standard-vga.rst).
#pragma once

#include "engine/bus/pci_function.h"
#include "engine/devices/vga_core.h"

#include <memory>

namespace engine {

class Vga final : public PciFunction, public VgaCore
{
public:
    // The memory's size is a power of two from 1 MiB to 256 MiB.
    Vga(std::shared_ptr<VideoMemory> memory, GuestClock &clock);

    void setRunning(bool isRunning) override { vgaRunningChanged(isRunning); }

protected:
    void resetFunction() override;
    std::uint64_t readRegion(unsigned region, std::uint64_t offset, unsigned size) override;
    void writeRegion(unsigned region, std::uint64_t offset, unsigned size,
                     std::uint64_t value) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void barMapped(unsigned bar, bool isMapped) override;
};

} // namespace engine
