// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/reset_ports.h"

namespace engine {

namespace {

// Port 0x92: bit 0 resets when it goes from 0 to 1, bit 1 is the A20 gate, on after reset here
// because the line is.
constexpr std::uint8_t FastReset = 1;
constexpr std::uint8_t PortAReset = 2;
constexpr std::uint8_t PortAWritable = 3;
// Port 0xcf9: bit 1 hard instead of soft reset, bit 2 does it, bit 3 with a power cycle.
constexpr std::uint8_t ResetNow = 4;
constexpr std::uint8_t ResetControlKept = 0x0a;

} // namespace

ResetPorts::ResetPorts(std::function<void()> resetRequested)
    : Device("reset-ports")
    , m_resetRequested(std::move(resetRequested))
{ }

void ResetPorts::attach(Bus &ports)
{
    ports.add({.base = 0x92, .size = 1, .device = this, .region = PortA});
    ports.add({.base = 0xcf9, .size = 1, .device = this, .region = ResetControl});
    ports.add({.base = 0x80, .size = 1, .device = this, .region = PostCode});
}

void ResetPorts::reset()
{
    m_portA = PortAReset;
    m_resetControl = 0;
    m_postCode = 0;
}

std::uint64_t ResetPorts::read(unsigned region, std::uint64_t offset, unsigned size)
{
    if (offset != 0 || size != 1)
        return ~std::uint64_t(0);
    switch (region) {
    case PortA:
        return m_portA;
    case ResetControl:
        return m_resetControl;
    case PostCode:
        return m_postCode;
    default:
        return ~std::uint64_t(0);
    }
}

void ResetPorts::write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (offset != 0 || size != 1)
        return;
    const auto byte = std::uint8_t(value);
    bool isRequested = false;
    switch (region) {
    case PortA:
        isRequested = (byte & ~m_portA & FastReset) != 0;
        m_portA = byte & PortAWritable;
        break;
    case ResetControl:
        // The bit does not stay, so writing it again asks again, as QEMU's boards do.
        isRequested = (byte & ResetNow) != 0;
        m_resetControl = byte & ResetControlKept;
        break;
    case PostCode:
        m_postCode = byte;
        break;
    default:
        break;
    }
    if (isRequested && m_resetRequested)
        m_resetRequested();
}

void ResetPorts::serialize(StateArchive &archive, std::uint32_t)
{
    archive.value(m_portA);
    archive.value(m_resetControl);
    archive.value(m_postCode);
    m_portA &= PortAWritable;
    m_resetControl &= ResetControlKept;
}

} // namespace engine
