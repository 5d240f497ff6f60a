// SPDX-License-Identifier: GPL-3.0-or-later
// From the pins of all devices to the inputs of the interrupt controllers: ISA interrupts straight,
// PCI pins over the PIRQ lines (engine/bus/pci_routing.h) that the south bridge's registers route.
// Pins that share an input are ORed, so a level-triggered interrupt stays up until its last device
// lets go.
//
// A GSI below 16 is an ISA interrupt, at the 8259 pair and at the IOAPIC; 16 to 23 are inputs of
// the IOAPIC alone, where the Q35 board's PIRQ lines arrive too.
//
// Pins are made while the board is built. From then on any thread may set them, with its device's
// lock held; the router's own mutex is taken last, and held while the chip is told, so that two
// changes arrive in their order.
#pragma once

#include "engine/bus/device.h"
#include "engine/bus/irq_line.h"
#include "engine/bus/pci_routing.h"

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>

namespace engine {

// The interrupt controllers' inputs; in a running machine KVM's (KVM_IRQ_LINE).
class IrqChip
{
public:
    virtual ~IrqChip() = default;
    // Any thread; returns at once and takes no lock of a device.
    virtual void setGsi(unsigned gsi, bool level) = 0;
};

class IrqRouter final : public Device
{
public:
    enum class Wiring : std::uint8_t { Piix, Ich9 };
    static constexpr unsigned GsiCount = 24;

    IrqRouter(Wiring wiring, IrqChip &chip);

    // A new pin each time; the router owns it.
    IrqLine &isaLine(unsigned irq);
    IrqLine &pciPin(unsigned slot, unsigned interruptPin); // of a function in this slot; 1: INTA#

    // The south bridge's PIRQ register has this value now. With the bridge's lock held.
    void setRoute(unsigned pirq, std::uint8_t registerValue);

    // Power-on: all pins low. (A device that resets lowers its own pins as well.)
    void reset() override;
    void serialize(StateArchive &archive, std::uint32_t version) override;
    // After a load: tells the chip all levels anew, with an edge for those that are high. The chip's
    // own state was saved and loaded after the pins; an edge that came between is in neither, and
    // an edge-triggered line that stays high would be silent for ever. One too many is harmless.
    void setRunning(bool isRunning) override;

private:
    static constexpr unsigned InputCount = GsiCount + pci::Ich9PirqCount; // GSIs, then PIRQs

    class Pin final : public IrqLine
    {
    public:
        Pin(IrqRouter &router, unsigned pinInput)
            : input(pinInput)
            , m_router(router)
        { }
        void set(bool isAsserted) override { m_router.setPin(*this, isAsserted); }

        const unsigned input;
        bool isHigh = false;

    private:
        IrqRouter &m_router;
    };

    void setPin(Pin &pin, bool isHigh);
    void changePin(Pin &pin, bool isHigh); // these with m_mutex
    void update();

    const Wiring m_wiring;
    IrqChip &m_chip;
    std::mutex m_mutex;
    std::deque<Pin> m_pins; // stays in place
    std::array<unsigned, InputCount> m_highPins = {};
    std::array<std::uint8_t, pci::Ich9PirqCount> m_routes;
    std::uint32_t m_levels = 0; // a bit for each GSI
    bool m_isLoaded = false; // and has not run since
};

} // namespace engine
