// SPDX-License-Identifier: GPL-3.0-or-later
// What firmware and its tables say about the board. The board fills it once it knows where
// everything is; what firmware moves afterwards is asked for when the tables are read.
#pragma once

#include "engine/vmm/vm_config.h"

#include <array>
#include <cstdint>
#include <vector>

namespace engine {

struct AddressRange
{
    std::uint64_t base = 0;
    std::uint64_t size = 0;
};

// A function on the root bus.
struct PciPlace
{
    unsigned slot = 0;
    unsigned function = 0;
};

struct BoardFacts
{
    VmBoard board = VmBoard::Q35;
    unsigned vcpus = 1; // their local APICs have the ids 0, 1, 2 and so on
    std::uint64_t lowMemoryBytes = 0; // RAM from address 0
    std::uint64_t highMemoryBytes = 0; // RAM from 4 GiB
    std::vector<AddressRange> reserved; // neither RAM nor for BARs: KVM's own pages
    unsigned physicalAddressBits = 36; // as CPUID says
    std::array<bool, 4> serialPorts = {}; // COM1 to COM4
    bool isVmxOffered = false; // Intel's: firmware has to unlock it
    bool hasTpm = false;
    std::vector<unsigned> hotplugSlots; // of the root bus: pci_hotplug.h
    std::vector<PciPlace> drives; // of VmConfig::drives: their controller, or their own
    std::vector<PciPlace> networkCards; // of VmConfig::networkCards
};

// Registers that firmware programs before it reads the tables.
struct FirmwarePlacements
{
    std::uint16_t pmBase = 0x600; // PMBASE of the PIIX4 or the ICH9
    std::uint32_t ecamBase = 0xb0000000; // Q35: PCIEXBAR; ignored on i440fx
};

} // namespace engine
