// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/pci_bus.h"

#include "engine/base/result.h"

namespace engine {

void PciBus::add(PciFunction &function, unsigned slot, unsigned number)
{
    check(slot < SlotCount && number < FunctionCount, "there is no such place on a PCI bus");
    PciFunction *&place = m_functions[slot * FunctionCount + number];
    check(!place, "two PCI functions in one place");
    place = &function;
}

PciFunction *PciBus::function(unsigned slot, unsigned number) const
{
    check(slot < SlotCount && number < FunctionCount, "there is no such place on a PCI bus");
    return m_functions[slot * FunctionCount + number];
}

std::vector<PciBus::Place> PciBus::functions() const
{
    std::vector<Place> places;
    for (unsigned i = 0; i < m_functions.size(); ++i)
        if (m_functions[i])
            places.push_back({i / FunctionCount, i % FunctionCount, m_functions[i]});
    return places;
}

void PciBus::setHidden(unsigned slot, bool isHidden)
{
    check(slot < SlotCount, "there is no such place on a PCI bus");
    if (isHidden)
        m_hidden |= 1u << slot;
    else
        m_hidden &= ~(1u << slot);
}

bool PciBus::isHidden(unsigned slot) const
{
    check(slot < SlotCount, "there is no such place on a PCI bus");
    return (m_hidden & (1u << slot)) != 0;
}

PciFunction *PciBus::find(unsigned bus, unsigned deviceFunction, std::uint32_t offset,
                          unsigned size) const
{
    if (bus != 0 || deviceFunction >= m_functions.size() || (offset & 3) + size > 4)
        return nullptr;
    return isHidden(deviceFunction / FunctionCount) ? nullptr : m_functions[deviceFunction];
}

std::uint32_t PciBus::configRead(unsigned bus, unsigned deviceFunction, std::uint32_t offset,
                                 unsigned size) const
{
    PciFunction *function = find(bus, deviceFunction, offset, size);
    if (!function)
        return std::uint32_t(maskOfBytes(size));
    const std::lock_guard lock(function->lock());
    return function->configRead(offset, size);
}

void PciBus::configWrite(unsigned bus, unsigned deviceFunction, std::uint32_t offset, unsigned size,
                         std::uint32_t value) const
{
    PciFunction *function = find(bus, deviceFunction, offset, size);
    if (!function)
        return;
    const std::lock_guard lock(function->lock());
    function->configWrite(offset, size, value);
}

} // namespace engine
