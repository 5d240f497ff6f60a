// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/pci_config_access.h"

namespace engine {

namespace {

constexpr std::uint64_t DataPort = 4; // offset of 0xcfc
constexpr std::uint32_t AddressEnable = 1u << 31;
constexpr std::uint32_t AddressWritable = 0x80fffffc; // the others are reserved and read as zeros

} // namespace

PciConfigAccess::PciConfigAccess(PciBus &bus)
    : Device("pci-config")
    , m_bus(bus)
{ }

void PciConfigAccess::attach(Bus &ports)
{
    ports.add({.base = PortBase, .size = PortCount, .device = this, .region = Ports});
}

void PciConfigAccess::mapEcam(Bus &memory, std::uint64_t base, std::uint64_t size)
{
    memory.remove(*this, Ecam);
    m_ecamBase.store(size > 0 ? base : 0, std::memory_order_relaxed);
    if (size > 0)
        memory.add({.base = base,
                    .size = size,
                    .device = this,
                    .region = Ecam,
                    .priority = BusPriority::GuestPlaced});
}

void PciConfigAccess::reset()
{
    m_address = 0;
}

PciConfigAccess::Target PciConfigAccess::target(unsigned region, std::uint64_t offset,
                                                unsigned size) const
{
    if (region == Ecam) {
        return {.isValid = (offset & 3) + size <= 4,
                .bus = unsigned(offset >> 20),
                .deviceFunction = unsigned(offset >> 12) & 0xff,
                .offset = std::uint32_t(offset & 0xfff)};
    }
    const bool isData = region == Ports && offset >= DataPort && offset + size <= PortCount;
    return {.isValid = isData && (m_address & AddressEnable) != 0,
            .bus = (m_address >> 16) & 0xff,
            .deviceFunction = (m_address >> 8) & 0xff,
            .offset = (m_address & 0xfc) | std::uint32_t(offset & 3)};
}

std::uint64_t PciConfigAccess::read(unsigned region, std::uint64_t offset, unsigned size)
{
    if (region == Ports && offset == 0 && size == 4)
        return m_address;
    if (region == Ecam && size == 8)
        return read(region, offset, 4) | (read(region, offset + 4, 4) << 32);
    const Target at = target(region, offset, size);
    if (!at.isValid)
        return ~std::uint64_t(0);
    return m_bus.configRead(at.bus, at.deviceFunction, at.offset, size);
}

void PciConfigAccess::write(unsigned region, std::uint64_t offset, unsigned size,
                            std::uint64_t value)
{
    if (region == Ports && offset == 0 && size == 4) {
        m_address = std::uint32_t(value) & AddressWritable;
        return;
    }
    if (region == Ecam && size == 8) {
        write(region, offset, 4, value & 0xffffffff);
        write(region, offset + 4, 4, value >> 32);
        return;
    }
    const Target at = target(region, offset, size);
    if (at.isValid)
        m_bus.configWrite(at.bus, at.deviceFunction, at.offset, size, std::uint32_t(value));
}

void PciConfigAccess::serialize(StateArchive &archive, std::uint32_t)
{
    archive.value(m_address);
    m_address &= AddressWritable;
}

} // namespace engine
