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

struct MsiMessage
{
    std::uint64_t address = 0;
    std::uint32_t data = 0;

    bool operator==(const MsiMessage &) const = default;
};

// Event descriptors that send a message when they are signaled, by whom ever, also in another
// process, without a thread of ours (KVM: irqfd).
class MsiEvents
{
public:
    virtual ~MsiEvents() = default;
    // Each signal of the eventfd sends this from now on, and so does one that waits in it. Replaces
    // an earlier message. False: not provided, so whoever owns the descriptor waits for it.
    virtual bool connectEvent(int eventFd, const MsiMessage &message) = 0;
    // Signals stay in the descriptor again. Before it is closed.
    virtual void disconnectEvent(int eventFd) = 0;
};

} // namespace engine
