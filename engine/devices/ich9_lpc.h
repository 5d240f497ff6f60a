// SPDX-License-Identifier: GPL-3.0-or-later
// The south bridge of the Q35 board: the LPC bridge of the Intel ICH9 (datasheet 316972, 13.1),
// slot 31 function 0. It routes the PIRQ lines, says where the ACPI registers are, and shows the
// chipset configuration registers (10.1), of which those that say how the chipset's own slots are
// wired and that the watchdog is strapped off exist here.
#pragma once

#include "engine/bus/pci_function.h"
#include "engine/devices/acpi_pm.h"
#include "engine/devices/irq_router.h"

namespace engine {

class Ich9Lpc final : public PciFunction
{
public:
    // The region of the chipset configuration registers; 0 to 5 would be BARs.
    static constexpr unsigned ChipsetRegion = 16;
    static constexpr std::uint64_t ChipsetBytes = 0x4000;

    // PMBASE says where `power` is, on connections().ports.
    Ich9Lpc(IrqRouter &router, AcpiPm &power);

private:
    void resetFunction() override;
    void configWritten(std::uint32_t offset, unsigned size) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    std::uint64_t readRegion(unsigned region, std::uint64_t offset, unsigned size) override;
    void updateRoutes();
    void placeBlock();
    void placeChipsetRegisters();

    IrqRouter &m_router;
    AcpiPm &m_power;
    std::optional<std::uint16_t> m_powerBase;
    std::optional<std::uint32_t> m_chipsetBase;
};

} // namespace engine
