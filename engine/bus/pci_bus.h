// SPDX-License-Identifier: GPL-3.0-or-later
// The functions on PCI bus 0, by slot and function, and the way to their configuration space. There
// are no bridges, so all other buses are empty (PCI Local Bus Specification 3.0, 3.2.2.3.4: a read
// that nobody claims gives all ones).
//
// Filled while the board is built; from then on any thread. The function's lock is taken around the
// access, so a caller may hold the lock of a host bridge, of no other function.
//
// A slot can be hidden: its card is built, and not plugged in. Then it is as empty as any other.
#pragma once

#include "engine/bus/pci_function.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace engine {

class PciBus final
{
public:
    static constexpr unsigned SlotCount = 32;
    static constexpr unsigned FunctionCount = 8;

    // The function outlives the bus's use.
    void add(PciFunction &function, unsigned slot, unsigned number = 0);
    PciFunction *function(unsigned slot, unsigned number = 0) const;

    struct Place
    {
        unsigned slot = 0;
        unsigned number = 0;
        PciFunction *function = nullptr;
    };
    std::vector<Place> functions() const; // by slot and number; hidden ones, too

    void setHidden(unsigned slot, bool isHidden);
    bool isHidden(unsigned slot) const;

    // `deviceFunction` is slot * 8 + function. An access that crosses a dword is none: all ones.
    std::uint32_t configRead(unsigned bus, unsigned deviceFunction, std::uint32_t offset,
                             unsigned size) const;
    void configWrite(unsigned bus, unsigned deviceFunction, std::uint32_t offset, unsigned size,
                     std::uint32_t value) const;

private:
    PciFunction *find(unsigned bus, unsigned deviceFunction, std::uint32_t offset,
                      unsigned size) const;

    std::array<PciFunction *, SlotCount *FunctionCount> m_functions = {};
    std::atomic<std::uint32_t> m_hidden = 0; // a bit a slot
};

} // namespace engine
