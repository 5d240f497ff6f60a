// SPDX-License-Identifier: GPL-3.0-or-later
// The south bridge of the i440fx board: the ISA bridge of the Intel 82371SB (PIIX3; datasheet
// 290550), which routes the PIRQ lines, and the power management function of the 82371AB (PIIX4;
// datasheet 290562), which says where the ACPI registers are. QEMU's board has the same two.
//
// The bridge is slot 1 function 0, power management slot 1 function 3. Its INTA# is no PIRQ line
// but the SCI itself, so the function's own pin stays unused.
#pragma once

#include "engine/bus/pci_function.h"
#include "engine/devices/acpi_pm.h"
#include "engine/devices/irq_router.h"

namespace engine {

class Piix3Bridge final : public PciFunction
{
public:
    explicit Piix3Bridge(IrqRouter &router);

private:
    void resetFunction() override;
    void configWritten(std::uint32_t offset, unsigned size) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void updateRoutes();

    IrqRouter &m_router;
};

class Piix4Power final : public PciFunction
{
public:
    // PMBASE says where `power` is, on connections().ports.
    explicit Piix4Power(AcpiPm &power);

private:
    void resetFunction() override;
    void configWritten(std::uint32_t offset, unsigned size) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void placeBlock();

    AcpiPm &m_power;
    std::optional<std::uint16_t> m_base;
};

} // namespace engine
