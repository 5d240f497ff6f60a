// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/irq_router.h"

#include "engine/base/result.h"

#include <utility>

namespace engine {

namespace {

constexpr unsigned IsaIrqCount = 16;

} // namespace

IrqRouter::IrqRouter(Wiring wiring, IrqChip &chip)
    : Device("irq-router")
    , m_wiring(wiring)
    , m_chip(chip)
{
    m_routes.fill(pci::PirqRegisterReset);
}

IrqLine &IrqRouter::isaLine(unsigned irq)
{
    check(irq < IsaIrqCount, "there are 16 ISA interrupts");
    const std::lock_guard lock(m_mutex);
    return m_pins.emplace_back(*this, irq);
}

IrqLine &IrqRouter::pciPin(unsigned slot, unsigned interruptPin)
{
    check(slot < 32 && interruptPin >= 1 && interruptPin <= 4, "a PCI slot has pins 1 to 4");
    const unsigned pirq = m_wiring == Wiring::Piix ? pci::piixPirq(slot, interruptPin)
                                                   : pci::ich9Pirq(slot, interruptPin);
    const std::lock_guard lock(m_mutex);
    return m_pins.emplace_back(*this, GsiCount + pirq);
}

void IrqRouter::setPin(Pin &pin, bool isHigh)
{
    const std::lock_guard lock(m_mutex);
    changePin(pin, isHigh);
    update();
}

void IrqRouter::changePin(Pin &pin, bool isHigh)
{
    if (pin.isHigh == isHigh)
        return;
    pin.isHigh = isHigh;
    m_highPins[pin.input] += isHigh ? 1u : ~0u;
}

void IrqRouter::setRoute(unsigned pirq, std::uint8_t registerValue)
{
    check(pirq < m_routes.size(), "there are PIRQ lines A to H");
    const std::lock_guard lock(m_mutex);
    m_routes[pirq] = registerValue;
    update();
}

void IrqRouter::update()
{
    std::uint32_t levels = 0;
    for (unsigned gsi = 0; gsi < GsiCount; ++gsi)
        if (m_highPins[gsi] > 0)
            levels |= 1u << gsi;
    for (unsigned pirq = 0; pirq < m_routes.size(); ++pirq) {
        if (m_highPins[GsiCount + pirq] == 0)
            continue;
        if (const auto irq = pci::pirqIsaIrq(m_routes[pirq]))
            levels |= 1u << *irq;
        if (m_wiring == Wiring::Ich9)
            levels |= 1u << pci::ich9Gsi(pirq);
    }
    const std::uint32_t changed = levels ^ m_levels;
    m_levels = levels;
    for (unsigned gsi = 0; gsi < GsiCount; ++gsi)
        if ((changed >> gsi) & 1)
            m_chip.setGsi(gsi, ((levels >> gsi) & 1) != 0);
}

void IrqRouter::reset()
{
    const std::lock_guard lock(m_mutex);
    for (Pin &pin : m_pins)
        changePin(pin, false);
    update();
}

void IrqRouter::serialize(StateArchive &archive, std::uint32_t)
{
    const std::lock_guard lock(m_mutex);
    auto count = std::uint32_t(m_pins.size());
    archive.value(count);
    if (archive.isLoading() && !archive.hasFailed() && count > m_pins.size())
        return archive.fail("the saved machine has other interrupt lines");
    // Cards that the saved machine did not have yet are the last ones; their lines are low.
    for (std::size_t i = 0; i < m_pins.size() && i < count; ++i) {
        bool isHigh = m_pins[i].isHigh;
        archive.value(isHigh);
        if (archive.isLoading() && !archive.hasFailed())
            changePin(m_pins[i], isHigh);
    }
    update();
    m_isLoaded = archive.isLoading();
}

void IrqRouter::setRunning(bool isRunning)
{
    const std::lock_guard lock(m_mutex);
    if (!isRunning || !std::exchange(m_isLoaded, false))
        return;
    for (unsigned gsi = 0; gsi < GsiCount; ++gsi) {
        m_chip.setGsi(gsi, false);
        if ((m_levels >> gsi) & 1)
            m_chip.setGsi(gsi, true);
    }
}

} // namespace engine
