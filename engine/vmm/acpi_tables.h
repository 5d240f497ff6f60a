// SPDX-License-Identifier: GPL-3.0-or-later
// The ACPI tables (ACPI Specification 6.4, chapter 5), and the script by which the firmware puts
// them into memory: it allocates, adds addresses to pointers and makes checksums (QEMU
// hw/acpi/bios-linker-loader.c). Pure, any thread.
#pragma once

#include "engine/vmm/board_facts.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace engine {

// Each a file of the firmware configuration device, of the same size whatever the placements are.
struct AcpiTables
{
    static constexpr char TablesName[] = "etc/acpi/tables";
    static constexpr char RootName[] = "etc/acpi/rsdp";
    static constexpr char LoaderName[] = "etc/table-loader";
    // Only with a TPM, and empty: room for what the firmware notes of its measurements.
    static constexpr char TpmLogName[] = "etc/tpm/log";
    static constexpr std::size_t TpmLogBytes = 64 * 1024;

    std::vector<std::uint8_t> tables;
    std::vector<std::uint8_t> root; // the RSDP
    std::vector<std::uint8_t> loader;
};

AcpiTables buildAcpiTables(const BoardFacts &facts, const FirmwarePlacements &placements);

} // namespace engine
