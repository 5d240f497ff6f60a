// SPDX-License-Identifier: GPL-3.0-or-later
// The DSDT: what a guest's ACPI interpreter learns about the board (ACPI Specification 6.4,
// chapters 6 and 9; PCI Firmware Specification 3.3, chapter 4). Pure, any thread.
#pragma once

#include "engine/vmm/board_facts.h"

#include <vector>

namespace engine {

// The definition block's terms, without a table header.
std::vector<std::uint8_t> buildDsdt(const BoardFacts &facts, const FirmwarePlacements &placements);

// What both the DSDT and other tables say.
constexpr std::uint32_t EcamBytes = 256u << 20; // 256 buses
constexpr std::uint16_t pmBlockBytes(VmBoard board)
{
    return board == VmBoard::Q35 ? 128 : 64;
}

} // namespace engine
