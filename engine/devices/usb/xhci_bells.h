// SPDX-License-Identifier: GPL-3.0-or-later
// Doorbells that cost no exit (xHCI 1.1, 5.6): every value that rings something has an eventfd,
// which KVM signals instead of a 4-byte write of that value to the slot's register. What was rung
// is told in its order, as writes on the bus would be: an epoll instance keeps it. Edge-triggered,
// each signal is news, and no eventfd has to be read.
//
// With the controller's lock held. setWanted() makes and closes descriptors, which vCPU threads may
// not: it is for the io loop.
#pragma once

#include "engine/base/fd.h"
#include "engine/bus/memory_mapper.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace engine::xhci {

struct Bell
{
    unsigned slot = 0; // from 1 on
    std::uint32_t value = 0; // as written: the endpoint, and from bit 16 on its stream

    auto operator<=>(const Bell &) const = default;
};

class Bells final
{
public:
    // The kernel has a list of them, in which each exit for a register is looked for, and the
    // process a limit of descriptors. What is more exits.
    static constexpr std::size_t Max = 128;

    Bells();

    // Readable while one is rung and not taken; below 0: there are none and never will be.
    int descriptor() const { return m_rung.get(); }
    bool isAnyRung() const;
    // Since the last time, in the order in which they were rung first.
    std::vector<Bell> takeRung();

    // Who is there and wanted stays, whatever is first in the list: what is rung would be lost.
    // What goes is told no more.
    void setWanted(DoorbellMapper *mapper, std::vector<Bell> wanted);
    // Where doorbell 0 is from now on; nullopt: nowhere. What was rung before stays.
    void place(DoorbellMapper *mapper, std::optional<std::uint64_t> address);
    bool isEmpty() const { return m_bells.empty(); }

private:
    struct Wire
    {
        Fd event;
        bool isConnected = false; // the mapper signals it
    };
    Doorbell doorbellOf(const Bell &bell, const Wire &wire) const;
    void connect(DoorbellMapper *mapper, const Bell &bell, Wire &wire);
    void disconnect(DoorbellMapper *mapper, const Bell &bell, Wire &wire);

    Fd m_rung; // an epoll instance
    std::optional<std::uint64_t> m_address;
    std::map<Bell, Wire> m_bells;
};

} // namespace engine::xhci
