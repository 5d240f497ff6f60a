// SPDX-License-Identifier: GPL-3.0-or-later
// Where the interrupt pins of the slots on the root bus lead: which PIRQ line of the south bridge,
// and from there which input of the interrupt controllers. The one place that says so: the boards
// wire by it, and the ACPI tables (_PRT) tell the guest the same.
//
// The wiring is QEMU's, which firmware knows without asking (SeaBIOS src/fw/pciinit.c, OVMF
// BdsPlatform.c). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace engine::pci {

// A pin as the Interrupt Pin register counts them: 1 is INTA#, 4 is INTD#. A PIRQ line: 0 is
// PIRQA#. A slot is the device number, 0 to 31.

inline constexpr unsigned PiixPirqCount = 4; // PIRQA# to PIRQD#
inline constexpr unsigned Ich9PirqCount = 8; // PIRQA# to PIRQH#

// i440fx board: every slot is turned by one; slot 1 (the south bridge) begins with PIRQA#.
constexpr unsigned piixPirq(unsigned slot, unsigned pin)
{
    return (slot + 3 + pin - 1) & 3;
}

// Q35 board: slots 0 to 24 are turned over PIRQE# to PIRQH#. Slots 25 to 31 are the chipset's own,
// wired as the reset values of D25IR to D31IR say (0x3210: INTA# to PIRQA# and so on; ICH9
// datasheet 316972, 10.1.43 and following), but 30, where the PCI bridge's slots come in.
constexpr unsigned ich9Pirq(unsigned slot, unsigned pin)
{
    const unsigned line = (pin - 1) & 3;
    if (slot <= 24)
        return 4 + ((slot + line) & 3);
    return slot == 30 ? 4 + line : line;
}

// The IOAPIC input of a PIRQ line on the Q35 board (ICH9 datasheet, 5.10.4). On the i440fx board
// PIRQ lines reach the IOAPIC only as the ISA interrupt that their register selects.
inline constexpr unsigned Ich9FirstPirqGsi = 16;
constexpr unsigned ich9Gsi(unsigned pirq)
{
    return Ich9FirstPirqGsi + pirq;
}

// The configuration register of the south bridge that routes a PIRQ line to an ISA interrupt
// (82371SB datasheet 290550, 2.2.4; ICH9 datasheet, 13.1.12 and 13.1.14).
constexpr std::uint8_t pirqRegister(unsigned pirq)
{
    return std::uint8_t(pirq < 4 ? 0x60 + pirq : 0x68 + (pirq - 4));
}
inline constexpr std::uint8_t PirqRegisterReset = 0x80; // not routed

// The ISA interrupt that such a register selects; none when it is off or names one that PCI cannot
// have (0, 1, 2, 8 and 13 are reserved).
constexpr std::optional<unsigned> pirqIsaIrq(std::uint8_t registerValue)
{
    constexpr unsigned Possible = 0xdef8; // 3-7, 9-12, 14, 15
    const unsigned irq = registerValue & 0x0f;
    if ((registerValue & 0x80) != 0 || ((Possible >> irq) & 1) == 0)
        return std::nullopt;
    return irq;
}

// The SCI: fixed on both boards. On i440fx it is also where INTA# of slot 1 leads (the power
// management function), past the PIRQ lines.
inline constexpr unsigned SciIrq = 9;

static_assert(piixPirq(1, 1) == 0 && piixPirq(2, 1) == 1 && piixPirq(3, 2) == 3);
static_assert(ich9Pirq(1, 1) == 5 && ich9Pirq(24, 4) == 7 && ich9Pirq(31, 2) == 1);
static_assert(pirqIsaIrq(10) == 10u && !pirqIsaIrq(0x8a) && !pirqIsaIrq(8));

} // namespace engine::pci
