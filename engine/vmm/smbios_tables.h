// SPDX-License-Identifier: GPL-3.0-or-later
// What "dmidecode" shows in a guest: the SMBIOS structures (DMTF DSP0134 2.8) and their 32-bit
// entry point, as files for the firmware, which puts them into memory and mends address and
// checksums.
//
// Structure 0 (the firmware's own name and version) is left out: SeaBIOS and OVMF add theirs.
// Pure, any thread.
#pragma once

#include "engine/vmm/board_facts.h"

#include <cstdint>
#include <vector>

namespace engine {

struct SmbiosTables
{
    static constexpr char AnchorName[] = "etc/smbios/smbios-anchor";
    static constexpr char TablesName[] = "etc/smbios/smbios-tables";

    std::vector<std::uint8_t> anchor;
    std::vector<std::uint8_t> tables;
};

SmbiosTables buildSmbiosTables(const VmConfig &config, const BoardFacts &facts);

} // namespace engine
