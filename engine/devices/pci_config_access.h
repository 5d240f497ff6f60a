// SPDX-License-Identifier: GPL-3.0-or-later
// How the guest reaches configuration space: the address and data ports 0xcf8 and 0xcfc (PCI Local
// Bus Specification 3.0, 3.2.2.3.2) and, where a host bridge maps it, ECAM, the memory window with
// 4096 bytes for every function (PCI Express Base Specification 2.0, 7.2.2).
//
// Locking as in device.h, and one exception to it: this device's lock is held while it takes that
// of the function it accesses. No function ever calls this device.
#pragma once

#include "engine/bus/pci_bus.h"

#include <atomic>
#include <cstdint>

namespace engine {

class PciConfigAccess final : public Device
{
public:
    enum RegionIndex : unsigned { Ports, Ecam };
    static constexpr std::uint64_t PortBase = 0xcf8;
    static constexpr std::uint64_t PortCount = 8;

    explicit PciConfigAccess(PciBus &bus);

    // Ports 0xcf8 to 0xcff. The reset control port 0xcf9 lies within: attach it (reset_ports.h)
    // before this.
    void attach(Bus &ports);
    // Where ECAM is; a size of 0: nowhere. For the host bridge, which may hold its own lock.
    void mapEcam(Bus &memory, std::uint64_t base, std::uint64_t size);
    // Its address now; 0: nowhere. Any thread, any lock.
    std::uint64_t ecamBase() const { return m_ecamBase.load(std::memory_order_relaxed); }

    void reset() override;
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

private:
    struct Target
    {
        bool isValid = false;
        unsigned bus = 0;
        unsigned deviceFunction = 0;
        std::uint32_t offset = 0;
    };
    Target target(unsigned region, std::uint64_t offset, unsigned size) const;

    PciBus &m_bus;
    std::uint32_t m_address = 0; // port 0xcf8
    std::atomic<std::uint64_t> m_ecamBase = 0;
};

} // namespace engine
