// SPDX-License-Identifier: GPL-3.0-or-later
// What makes a board the one or the other: host bridge, south bridge, where the slots are. The rest
// of the board (board.cpp) is the same.
#pragma once

#include "engine/bus/pci_bus.h"
#include "engine/devices/acpi_pm.h"
#include "engine/devices/irq_router.h"
#include "engine/devices/pci_config_access.h"
#include "engine/vmm/board_facts.h"
#include "engine/vmm/vm_config.h"

#include <memory>
#include <optional>
#include <vector>

namespace engine {

class Chipset
{
public:
    struct Function
    {
        PciFunction *function = nullptr;
        PciPlace place;
    };

    static std::unique_ptr<Chipset> make(VmBoard board, IrqRouter &router, PciConfigAccess &access,
                                         AcpiPm &power);
    static IrqRouter::Wiring wiring(VmBoard board);
    static AcpiPm::Kind powerKind(VmBoard board);

    virtual ~Chipset() = default;
    virtual std::vector<Function> functions() = 0;
    virtual PciPlace videoPlace() const = 0;
    virtual std::optional<PciPlace> ahciPlace() const = 0; // nullopt: any free slot
    virtual std::optional<PciPlace> soundPlace() const = 0; // likewise
    virtual unsigned firstFreeSlot() const = 0;
};

} // namespace engine
