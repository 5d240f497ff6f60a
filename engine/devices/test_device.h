// SPDX-License-Identifier: GPL-3.0-or-later
// For test machines only: a port with which a guest ends the test and says how (QEMU's
// isa-debug-exit, port 0xf4), and firmware's debug console, port 0x402 (QEMU docs/specs; SeaBIOS
// src/hw/serialio.c: who reads 0xe9 there prints to it).
#pragma once

#include "engine/bus/bus.h"
#include "engine/bus/device.h"

#include <cstdint>
#include <functional>

namespace engine {

class TestDevice final : public Device
{
public:
    enum RegionIndex : unsigned { Exit, Console };
    static constexpr std::uint64_t ExitPort = 0xf4; // four ports, one value of 1 to 4 bytes
    static constexpr std::uint64_t ConsolePort = 0x402;

    // Both are called with this device's lock held on a vCPU thread and return at once: the value
    // the guest wrote to the exit port, a byte it printed. Either may be empty.
    TestDevice(std::function<void(std::uint32_t)> exited,
               std::function<void(std::uint8_t)> printed);

    void attach(Bus &ports);

    void reset() override;
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

private:
    const std::function<void(std::uint32_t)> m_exited;
    const std::function<void(std::uint8_t)> m_printed;
    std::uint32_t m_lastExit = 0; // what the exit port reads as
};

} // namespace engine
