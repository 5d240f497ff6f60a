// SPDX-License-Identifier: GPL-3.0-or-later
// The two boards' chipsets, wired as in a machine but without one: buses, chips, and interrupt
// controllers that only remember their inputs.
#pragma once

#include "engine/devices/acpi_pm.h"
#include "engine/devices/ich9_lpc.h"
#include "engine/devices/irq_router.h"
#include "engine/devices/pci_config_access.h"
#include "engine/devices/pci_host.h"
#include "engine/devices/piix.h"
#include "engine/devices/reset_ports.h"
#include "tests/support/board_fakes.h"

#include <bitset>
#include <set>
#include <vector>

namespace tests {

class RecordingIrqChip final : public engine::IrqChip
{
public:
    void setGsi(unsigned gsi, bool level) override
    {
        if (level && !levels[gsi])
            edges.insert(gsi);
        levels[gsi] = level;
        ++calls;
    }
    bool level(unsigned gsi) const { return levels[gsi]; }
    std::bitset<engine::IrqRouter::GsiCount> levels;
    std::multiset<unsigned> edges; // the rising ones
    int calls = 0;
};

// What both boards have. Devices are reset in the order of `devices`.
struct ChipsetBoard
{
    engine::Bus memory;
    engine::Bus ports;
    ManualClock clock;
    RecordingIrqChip irqChip;
    int resets = 0;
    int powerOffs = 0;
    engine::PciBus pci;
    engine::IrqRouter router;
    engine::PciConfigAccess access{pci};
    engine::ResetPorts resetPorts{[this] { ++resets; }};
    engine::AcpiPm power;
    std::vector<engine::Device *> devices{&router, &access, &resetPorts, &power};

    ChipsetBoard(engine::IrqRouter::Wiring wiring, engine::AcpiPm::Kind kind)
        : router(wiring, irqChip)
        , power(kind, clock, router.isaLine(engine::pci::SciIrq), [this] { ++powerOffs; })
    {
        resetPorts.attach(ports);
        access.attach(ports);
        power.attach(ports);
    }
    ChipsetBoard(const ChipsetBoard &) = delete;

    void plug(engine::PciFunction &function, unsigned slot, unsigned number = 0)
    {
        engine::PciConnections connections;
        connections.memory = &memory;
        connections.ports = &ports;
        if (number == 0 && function.interruptPin() != 0)
            connections.interruptPin = &router.pciPin(slot, function.interruptPin());
        function.connect(connections);
        pci.add(function, slot, number);
        devices.push_back(&function);
    }
    void resetAll()
    {
        for (engine::Device *device : devices) {
            const std::lock_guard lock(device->lock());
            device->reset();
        }
    }

    // Through the ports, as firmware does.
    std::uint32_t configRead(unsigned slot, unsigned number, std::uint32_t offset, unsigned size)
    {
        ports.write(0xcf8, 4, 0x80000000 | slot << 11 | number << 8 | (offset & 0xfc));
        return std::uint32_t(ports.read(0xcfc + (offset & 3), size));
    }
    void configWrite(unsigned slot, unsigned number, std::uint32_t offset, unsigned size,
                     std::uint32_t value)
    {
        ports.write(0xcf8, 4, 0x80000000 | slot << 11 | number << 8 | (offset & 0xfc));
        ports.write(0xcfc + (offset & 3), size, value);
    }
};

struct PiixBoard : ChipsetBoard
{
    engine::I440fxHost host;
    engine::Piix3Bridge bridge{router};
    engine::Piix4Power powerFunction{power};

    PiixBoard()
        : ChipsetBoard(engine::IrqRouter::Wiring::Piix, engine::AcpiPm::Kind::Piix4)
    {
        plug(host, 0);
        plug(bridge, 1);
        plug(powerFunction, 1, 3);
        resetAll();
    }
};

struct Q35Board : ChipsetBoard
{
    engine::Q35Host host{access};
    engine::Ich9Lpc bridge{router, power};

    Q35Board()
        : ChipsetBoard(engine::IrqRouter::Wiring::Ich9, engine::AcpiPm::Kind::Ich9)
    {
        plug(host, 0);
        plug(bridge, 31);
        resetAll();
    }
};

} // namespace tests
