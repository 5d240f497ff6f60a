// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/pci_hotplug.h"

#include "engine/base/bytes.h"

#include <array>
#include <utility>

namespace engine {

PciHotplug::PciHotplug(std::function<void(std::uint32_t)> changed)
    : Device("pci-hotplug")
    , m_changed(std::move(changed))
{ }

void PciHotplug::attach(Bus &ports)
{
    ports.add({.base = BasePort, .size = PortCount, .device = this});
}

void PciHotplug::setSlots(std::uint32_t slots, std::uint32_t present)
{
    m_slots = slots;
    setPresent(present);
}

void PciHotplug::setPresent(std::uint32_t present)
{
    present &= m_slots;
    m_unwanted &= present;
    if (std::exchange(m_present, present) != present && m_changed)
        m_changed(present);
}

void PciHotplug::plug(unsigned slot)
{
    const std::uint32_t bit = (1u << slot) & m_slots;
    m_inserted |= bit;
    m_leaving &= ~bit;
    setPresent(m_present | bit);
}

void PciHotplug::requestEject(unsigned slot)
{
    const std::uint32_t bit = (1u << slot) & m_present;
    m_leaving |= bit & ~m_unwanted;
    m_unwanted |= bit;
}

void PciHotplug::reset()
{
    m_inserted = 0;
    m_leaving = 0;
    setPresent(m_present & ~m_unwanted);
}

std::uint64_t PciHotplug::read(unsigned, std::uint64_t offset, unsigned size)
{
    std::array<std::uint8_t, PortCount> registers = {};
    storeLe(&registers[Inserted], m_inserted);
    storeLe(&registers[Leaving], m_leaving);
    storeLe(&registers[Present], m_present);
    return loadPart(registers, offset, size);
}

void PciHotplug::write(unsigned, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (size != 4) // the DSDT says so
        return;
    const auto bits = std::uint32_t(value);
    if (offset == Inserted) {
        m_inserted &= ~bits;
    } else if (offset == Leaving) {
        m_leaving &= ~bits;
    } else if (offset == Present) {
        m_inserted &= ~bits;
        m_leaving &= ~bits;
        setPresent(m_present & ~bits);
    }
}

void PciHotplug::serialize(StateArchive &archive, std::uint32_t)
{
    std::uint32_t present = m_present;
    std::uint32_t inserted = m_inserted;
    std::uint32_t leaving = m_leaving;
    std::uint32_t unwanted = m_unwanted;
    archive.value(present);
    archive.value(inserted);
    archive.value(leaving);
    archive.value(unwanted);
    if (!archive.isLoading() || archive.hasFailed())
        return;
    m_inserted = inserted & present & m_slots;
    m_leaving = leaving & present & m_slots;
    m_unwanted = unwanted;
    setPresent(present);
}

} // namespace engine
