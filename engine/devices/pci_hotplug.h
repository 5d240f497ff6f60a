// SPDX-License-Identifier: GPL-3.0-or-later
// The PCI slots whose cards come and go while the machine runs, as the guest's ACPI sees them (ACPI
// Specification 6.4, 5.6.4 and 6.3.3). The registers are this board's own, of 32 bits with a bit
// for each slot; only the methods in its DSDT (acpi_dsdt.cpp) know them:
//
//   0  inserted  cards that came and were not told of yet; writing ones clears them
//   4  leaving   cards that shall go; likewise
//   8  present   the slots that have a card; writing ones ejects the cards there
//
// After plug() and requestEject() the caller raises the general-purpose event GpeEvent, whose
// method reads both registers and notifies the slots' devices. Systems that start drop events that
// they found, so that one with isAnyToTell() needs another. A guest that has let go of a card
// ejects it. A reset leaves plugged cards where they are; one that was asked to go goes with it.
//
// With lock() held, as any device's. Lock order: before the cards'.
#pragma once

#include "engine/bus/bus.h"

#include <cstdint>
#include <functional>

namespace engine {

class PciHotplug final : public Device
{
public:
    enum Register : std::uint64_t { Inserted = 0, Leaving = 4, Present = 8 };
    // As QEMU's ICH9 has it (docs/specs/acpi_pci_hotplug.rst): there firmware places no card.
    static constexpr std::uint16_t BasePort = 0x0cc0;
    static constexpr std::uint16_t PortCount = 12;
    static constexpr unsigned GpeEvent = 1;

    // `changed` is called with the slots that have a card, whenever those are others: on the thread
    // that the change comes on, with the lock.
    explicit PciHotplug(std::function<void(std::uint32_t present)> changed);

    void attach(Bus &ports);
    // Which slots these are, and which have a card from the start.
    void setSlots(std::uint32_t slots, std::uint32_t present);
    bool isPresent(unsigned slot) const { return (m_present & (1u << slot)) != 0; }

    void plug(unsigned slot);
    void requestEject(unsigned slot); // once more is no other request
    bool isAnyToTell() const { return (m_inserted | m_leaving) != 0; }

    void reset() override;
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

private:
    void setPresent(std::uint32_t present);

    const std::function<void(std::uint32_t)> m_changed;
    std::uint32_t m_slots = 0;
    std::uint32_t m_present = 0;
    std::uint32_t m_inserted = 0;
    std::uint32_t m_leaving = 0;
    std::uint32_t m_unwanted = 0; // asked to go, and still there
};

} // namespace engine
