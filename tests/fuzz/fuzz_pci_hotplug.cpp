// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest writes to the slots' registers, while cards come and go and the machine is reset,
// saved and loaded, also from a state that was damaged.
#include "engine/devices/pci_hotplug.h"
#include "tests/support/fuzz_input.h"
#include "tests/support/saved_device.h"

using namespace engine;

namespace {

constexpr std::uint32_t Slots = 0x7f8;

struct Machine
{
    Bus ports;
    std::uint32_t shown = 0;
    PciHotplug chip{[this](std::uint32_t present) {
        check(present != shown, "nothing has changed");
        shown = present;
    }};

    Machine()
    {
        chip.attach(ports);
        chip.setSlots(Slots, 0x18);
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    Machine machine;
    while (!input.isAtEnd()) {
        const std::uint8_t what = input.byte();
        const unsigned slot = input.byte() % 32;
        const auto port = std::uint16_t(PciHotplug::BasePort + slot % PciHotplug::PortCount);
        const unsigned width = 1u << (what >> 6) % 3;
        switch (what % 7) {
        case 0:
            machine.ports.write(port, width, input.number(width));
            break;
        case 1:
            machine.ports.write(PciHotplug::BasePort + 4 * (slot % 3), 4, input.number(4));
            break;
        case 2:
            machine.ports.read(port, width);
            break;
        case 3: {
            const std::lock_guard lock(machine.chip.lock());
            machine.chip.plug(slot);
            break;
        }
        case 4: {
            const std::lock_guard lock(machine.chip.lock());
            machine.chip.requestEject(slot);
            break;
        }
        case 5:
            tests::resetDevice(machine.chip);
            break;
        case 6: {
            std::vector<std::uint8_t> saved = tests::savedBytes(machine.chip);
            for (std::uint8_t i = 0; i < slot % 4; ++i)
                saved[input.byte() % saved.size()] = input.byte();
            if (tests::loadBytes(machine.chip, saved))
                check(tests::savedBytes(machine.chip).size() == saved.size(), "it grows");
            break;
        }
        }
        const auto present =
            std::uint32_t(machine.ports.read(PciHotplug::BasePort + PciHotplug::Present, 4));
        check(present == machine.shown, "the cards that are shown are others");
        check((present & ~Slots) == 0, "a card in a slot of another kind");
    }
    return 0;
}
