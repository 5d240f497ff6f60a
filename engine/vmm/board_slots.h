// SPDX-License-Identifier: GPL-3.0-or-later
// The slots of a board's PCI bus: which is free, and what a function in one is connected to.
//
// Control thread, while the machine is built.
#pragma once

#include "engine/bus/pci_bus.h"
#include "engine/devices/irq_router.h"
#include "engine/vmm/board.h"
#include "engine/vmm/board_facts.h"

#include <memory>
#include <vector>

namespace engine {

class BoardSlots final
{
public:
    // Every function that is plugged in becomes one of `devices`; all of these live longer.
    BoardSlots(BoardServices &services, PciBus &pci, IrqRouter &router,
               std::vector<Device *> &devices)
        : m_services(services)
        , m_pci(pci)
        , m_router(router)
        , m_devices(devices)
    { }

    PciBus &pci() { return m_pci; }
    void startAt(unsigned slot) { m_nextSlot = slot; }
    Result<PciPlace> freePlace();

    // One that belongs to somebody else, or to this object from now on.
    void plug(PciFunction &function, PciPlace place);
    template <class Function>
    Function &add(std::unique_ptr<Function> function, PciPlace place)
    {
        Function &added = *function;
        m_functions.push_back(std::move(function));
        plug(added, place);
        return added;
    }

private:
    BoardServices &m_services;
    PciBus &m_pci;
    IrqRouter &m_router;
    std::vector<Device *> &m_devices;
    std::vector<std::unique_ptr<PciFunction>> m_functions;
    unsigned m_nextSlot = 0;
};

} // namespace engine
