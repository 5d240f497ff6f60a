// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board_slots.h"

namespace engine {

Result<PciPlace> BoardSlots::freePlace()
{
    if (m_nextSlot >= PciBus::SlotCount || m_pci.function(m_nextSlot))
        return Error(ErrorKind::Invalid, "The machine has more PCI devices than slots");
    return PciPlace{m_nextSlot++, 0};
}

void BoardSlots::plug(PciFunction &function, PciPlace place)
{
    PciConnections connections;
    connections.memory = &m_services.memory;
    connections.ports = &m_services.ports;
    connections.ram = &m_services.ram.memory();
    connections.msi = &m_services.kvm;
    connections.mapper = &m_services.kvm;
    connections.doorbells = &m_services.kvm;
    connections.msiEvents = &m_services.kvm;
    if (function.interruptPin() != 0)
        connections.interruptPin = &m_router.pciPin(place.slot, function.interruptPin());
    function.connect(connections);
    m_pci.add(function, place.slot, place.function);
    m_devices.push_back(&function);
}

} // namespace engine
