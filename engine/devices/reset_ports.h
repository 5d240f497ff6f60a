// SPDX-License-Identifier: GPL-3.0-or-later
// The small ports of the south bridge: reset control 0xcf9 (82371SB datasheet 290550, 2.5; ICH9
// datasheet 316972, 13.7), port 0x92 with the A20 gate and the fast reset, and port 0x80 with the
// POST code.
//
// Address line 20 is never held low: the bit is kept for those who read it back.
#pragma once

#include "engine/bus/bus.h"
#include "engine/bus/device.h"

#include <functional>

namespace engine {

class ResetPorts final : public Device
{
public:
    enum RegionIndex : unsigned { PortA, ResetControl, PostCode };

    // `resetRequested`: the guest wants the machine reset. Called with this device's lock held on a
    // vCPU thread, so it only takes a note; a guest may ask more than once before it happens.
    explicit ResetPorts(std::function<void()> resetRequested);

    // Before PciConfigAccess, whose ports surround 0xcf9.
    void attach(Bus &ports);

    void reset() override;
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

private:
    const std::function<void()> m_resetRequested;
    std::uint8_t m_portA = 0;
    std::uint8_t m_resetControl = 0;
    std::uint8_t m_postCode = 0;
};

} // namespace engine
