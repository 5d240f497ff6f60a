// SPDX-License-Identifier: GPL-3.0-or-later
// How a device asks for attention. Any thread, with the device's lock held; both return at once.
#pragma once

#include <cstdint>

namespace engine {

// One pin of one device. Lines that share an input of the interrupt controller are ORed by the
// board, so a device only says what its own pin does. Setting the level it has is harmless.
class IrqLine
{
public:
    virtual ~IrqLine() = default;
    virtual void set(bool isAsserted) = 0;
    // Low, high, low: for edge-triggered ISA interrupts.
    void pulse()
    {
        set(true);
        set(false);
    }
};

// Message signaled interrupts: a memory write to the local APICs (Intel SDM volume 3, 11.11).
class MsiSink
{
public:
    virtual ~MsiSink() = default;
    virtual void send(std::uint64_t address, std::uint32_t data) = 0;
};

} // namespace engine
