// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/ahci.h"

#include "engine/devices/ata_disk.h"
#include "engine/devices/atapi_drive.h"

#include <algorithm>

namespace engine {

using namespace ahci;

namespace {

constexpr std::uint32_t PortMask = (1u << ahci::PortCount) - 1;

bool isPort(std::uint64_t offset)
{
    return offset >= PortBase && offset < PortBase + ahci::PortCount * PortBytes;
}

// Registers where a one has an effect and a zero has none.
bool isActedOnByOnes(std::uint64_t offset)
{
    if (!isPort(offset))
        return offset == HostInterrupts;
    const std::uint64_t inPort = (offset - PortBase) % PortBytes;
    return inPort == InterruptStatus || inPort == SataError || inPort == SataActive
        || inPort == CommandIssue;
}

} // namespace

Ahci::Ahci(EjectNotice ejected)
    : PciFunction("ahci",
                  {.vendorId = 0x8086,
                   .deviceId = 0x2922,
                   .classCode = 0x010601,
                   .revision = 2,
                   .interruptPin = 1})
    , m_ejected(std::move(ejected))
{
    AhciPortOwner &self = *this;
    for (std::unique_ptr<AhciPort> &port : m_ports)
        port = std::make_unique<AhciPort>(self);
    defineBar(RegisterBar, BarKind::Memory32, RegisterBytes);
    addMsi();
    config()[0x90] = 0x40; // Intel 316972, 15.1.31 MAP: the adapter is in AHCI mode
}

Ahci::~Ahci() = default;

void Ahci::attachDisk(unsigned port, std::shared_ptr<BlockDevice> image,
                      const AtaIdentity &identity)
{
    check(port < PortCount && image, "a disk has a port and an image");
    m_ports[port]->attach(
        std::make_unique<AtaDisk>(std::move(image), identity.serial, identity.isSolidState));
}

void Ahci::attachOptical(unsigned port, std::shared_ptr<BlockDevice> medium,
                         const AtaIdentity &identity)
{
    check(port < PortCount, "an optical drive has a port");
    auto drive = std::make_unique<AtapiDrive>(std::move(medium), identity.serial, [this, port] {
        if (m_ejected)
            m_ejected(port);
    });
    m_drives[port] = drive.get();
    m_ports[port]->attach(std::move(drive));
}

Result<> Ahci::changeMedium(unsigned port, std::shared_ptr<BlockDevice> medium, bool force)
{
    if (port >= PortCount || !m_drives[port])
        return Error(ErrorKind::NotFound, "There is no optical drive at this port");
    // The old one goes after the lock: closing may take its time.
    std::shared_ptr<BlockDevice> old;
    const std::lock_guard guard(lock());
    return m_drives[port]->unit().changeMedium(std::move(medium), force, old);
}

bool Ahci::isIdle() const
{
    return std::all_of(m_ports.begin(), m_ports.end(),
                       [](const auto &port) { return port->isIdle(); });
}

const GuestMemory *Ahci::dmaMemory() const
{
    return isBusMaster() ? connections().ram : nullptr;
}

void Ahci::resetFunction()
{
    m_control = 0;
    m_interrupts = 0;
    m_isSignaled = false;
    for (const std::unique_ptr<AhciPort> &port : m_ports)
        port->powerOn();
    m_interrupts = 0;
}

// 10.4.3. Where requests are in flight the bit stays set until they are answered.
void Ahci::beginHostReset()
{
    m_control = ControlReset;
    for (const std::unique_ptr<AhciPort> &port : m_ports)
        port->abandon();
    portDrained();
}

void Ahci::portDrained()
{
    if ((m_control & ControlReset) != 0
        && std::none_of(m_ports.begin(), m_ports.end(),
                        [](const auto &port) { return port->hasAbandoned(); }))
        endHostReset();
}

void Ahci::endHostReset()
{
    m_control = 0;
    for (const std::unique_ptr<AhciPort> &port : m_ports)
        port->resetByHost();
    m_interrupts = 0;
    m_isSignaled = false;
    updateInterrupt();
}

// 10.7.2: a port's bit is set as long as the port has something to say; one that software clears
// too early comes back. A message is sent when the first bit is set, and when some are left after
// software cleared others.
void Ahci::updateInterrupt()
{
    for (unsigned i = 0; i < PortCount; ++i)
        if (m_ports[i]->hasInterrupt())
            m_interrupts |= 1u << i;
    const bool isPending = m_interrupts != 0 && (m_control & ControlInterrupts) != 0;
    if (!isMsiEnabled()) {
        setInterrupt(isPending);
        m_isSignaled = false;
        return;
    }
    setInterrupt(false);
    if (isPending && !m_isSignaled)
        sendMsi(0);
    m_isSignaled = isPending;
}

void Ahci::configWritten(std::uint32_t, unsigned)
{
    updateInterrupt();
}

std::uint32_t Ahci::readRegister(std::uint64_t offset) const
{
    if (isPort(offset))
        return m_ports[(offset - PortBase) / PortBytes]->read((offset - PortBase) % PortBytes);
    switch (offset) {
    case HostCapabilities:
        return Capabilities;
    case HostControl:
        return m_control | ControlEnable;
    case HostInterrupts:
        return m_interrupts;
    case PortsImplemented:
        return PortMask;
    case HostVersion:
        return Version;
    default:
        return 0;
    }
}

void Ahci::writeRegister(std::uint64_t offset, std::uint32_t value)
{
    if ((m_control & ControlReset) != 0)
        return; // not before the reset is over
    if (isPort(offset))
        return m_ports[(offset - PortBase) / PortBytes]->write((offset - PortBase) % PortBytes,
                                                               value);
    switch (offset) {
    case HostControl:
        if ((value & ControlReset) != 0)
            return beginHostReset();
        m_control = value & ControlInterrupts;
        return updateInterrupt();
    case HostInterrupts:
        m_interrupts &= ~value;
        m_isSignaled = false;
        return updateInterrupt();
    default:
        return;
    }
}

std::uint64_t Ahci::readRegion(unsigned bar, std::uint64_t offset, unsigned size)
{
    if (bar != RegisterBar)
        return ~std::uint64_t(0);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size;) {
        const std::uint64_t at = offset + i;
        const unsigned shift = unsigned(at % 4) * 8;
        value |= std::uint64_t(readRegister(at & ~std::uint64_t(3)) >> shift) << (8 * i);
        i += 4 - unsigned(at % 4);
    }
    return value & maskOfBytes(size);
}

void Ahci::writeRegion(unsigned bar, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (bar != RegisterBar)
        return;
    for (unsigned i = 0; i < size;) {
        const std::uint64_t at = offset + i;
        const std::uint64_t aligned = at & ~std::uint64_t(3);
        const unsigned inDword = unsigned(at % 4);
        const unsigned bytes = std::min(size - i, 4 - inDword);
        const auto mask = std::uint32_t(maskOfBytes(bytes) << (8 * inDword));
        std::uint32_t dword = std::uint32_t((value >> (8 * i)) << (8 * inDword)) & mask;
        if (mask != 0xffffffff && !isActedOnByOnes(aligned))
            dword |= readRegister(aligned) & ~mask;
        writeRegister(aligned, dword);
        i += bytes;
    }
}

void Ahci::serializeFunction(StateArchive &archive, std::uint32_t)
{
    archive.value(m_control);
    archive.value(m_interrupts);
    archive.value(m_isSignaled);
    for (const std::unique_ptr<AhciPort> &port : m_ports)
        port->serialize(archive);
    if (archive.isLoading() && !archive.hasFailed()) {
        m_control &= ControlInterrupts;
        m_interrupts &= PortMask;
    }
}

} // namespace engine
