// SPDX-License-Identifier: GPL-3.0-or-later
// PCI Local Bus Specification 3.0: configuration registers 6.1 and 6.2, BARs 6.2.5.1, capabilities
// 6.7, MSI and MSI-X 6.8.
#include "engine/bus/pci_function.h"

#include <algorithm>
#include <bit>

namespace engine {

namespace {

enum ConfigOffset : std::size_t {
    CommandOffset = 0x04,
    StatusOffset = 0x06,
    RevisionOffset = 0x08,
    HeaderTypeOffset = 0x0e,
    BarOffset = 0x10,
    SubsystemOffset = 0x2c,
    CapabilityOffset = 0x34,
    InterruptLineOffset = 0x3c,
};

constexpr std::uint16_t CommandIo = 1;
constexpr std::uint16_t CommandMemory = 2;
constexpr std::uint16_t CommandInterruptDisable = 1 << 10;
constexpr std::uint16_t CommandWritable = 0x0547; // I/O, memory, master, parity, SERR, no INTx
constexpr std::uint8_t StatusInterrupt = 1 << 3;
constexpr std::uint8_t StatusCapabilities = 1 << 4;

constexpr std::uint8_t MsiId = 0x05;
constexpr std::uint8_t MsixId = 0x11;
constexpr std::uint16_t MsixEnable = 1 << 15;
constexpr std::uint16_t MsixFunctionMask = 1 << 14;
constexpr std::size_t MsixEntryBytes = 16;

} // namespace

PciFunction::PciFunction(std::string name, const PciIdentity &identity)
    : Device(std::move(name))
{
    storeLe(&m_config[0], identity.vendorId);
    storeLe(&m_config[2], identity.deviceId);
    m_config[RevisionOffset] = identity.revision;
    m_config[RevisionOffset + 1] = std::uint8_t(identity.classCode);
    m_config[RevisionOffset + 2] = std::uint8_t(identity.classCode >> 8);
    m_config[RevisionOffset + 3] = std::uint8_t(identity.classCode >> 16);
    m_config[HeaderTypeOffset] = identity.isMultiFunction ? 0x80 : 0;
    storeLe(&m_config[SubsystemOffset], identity.subsystemVendorId);
    storeLe(&m_config[SubsystemOffset + 2], identity.subsystemId);
    m_config[InterruptLineOffset + 1] = identity.interruptPin;
    storeLe(&m_mask[CommandOffset], CommandWritable);
    m_mask[0x0c] = 0xff; // cache line size: kept, without effect
    m_mask[InterruptLineOffset] = 0xff;
}

void PciFunction::defineBar(unsigned bar, BarKind kind, std::uint64_t size, bool isPrefetchable)
{
    check(bar < BarCount && std::has_single_bit(size), "a BAR's size is a power of two");
    check(kind != BarKind::Memory64 || bar + 1 < BarCount, "a 64-bit BAR takes two registers");
    m_bars[bar].kind = kind;
    m_bars[bar].size = size;
    const std::size_t offset = BarOffset + 4 * bar;
    storeLe(&m_mask[offset], std::uint32_t(~(size - 1)));
    if (kind == BarKind::Io) {
        m_config[offset] = 1;
        m_mask[offset] &= 0xfc;
        return;
    }
    m_mask[offset] &= 0xf0;
    m_config[offset] = std::uint8_t((kind == BarKind::Memory64 ? 4 : 0) | (isPrefetchable ? 8 : 0));
    if (kind == BarKind::Memory64)
        storeLe(&m_mask[offset + 4], std::uint32_t(~(size - 1) >> 32));
}

void PciFunction::backBar(unsigned bar, std::string windowName, std::span<std::uint8_t> host)
{
    check(bar < BarCount && m_bars[bar].size == host.size(), "a BAR and its memory are one size");
    m_bars[bar].windowName = std::move(windowName);
    m_bars[bar].host = host;
}

std::uint64_t PciFunction::barAddress(unsigned bar) const
{
    const std::size_t offset = BarOffset + 4 * bar;
    const auto low = loadLe<std::uint32_t>(&m_config[offset]);
    switch (m_bars[bar].kind) {
    case BarKind::Io:
        return low & 0xfffc;
    case BarKind::Memory32:
        return low & 0xfffffff0u;
    case BarKind::Memory64:
        break;
    }
    const auto high = loadLe<std::uint32_t>(&m_config[offset + 4]);
    return (std::uint64_t(high) << 32) | (low & 0xfffffff0u);
}

std::uint8_t PciFunction::addCapability(std::uint8_t id, std::size_t size)
{
    const std::uint8_t offset = m_freeConfig;
    check(offset + size <= ConfigBytes, "capabilities do not fit into configuration space");
    m_config[offset] = id;
    if (m_lastCapability == 0) {
        m_config[CapabilityOffset] = offset;
        m_config[StatusOffset] |= StatusCapabilities;
    } else {
        m_config[m_lastCapability + 1u] = offset;
    }
    m_lastCapability = offset;
    m_freeConfig = std::uint8_t((offset + size + 3) & ~std::size_t(3));
    return offset;
}

void PciFunction::addMsi(unsigned vectors)
{
    check(std::has_single_bit(vectors) && vectors <= 32, "MSI has 1, 2, 4 .. 32 vectors");
    const std::uint8_t offset = addCapability(MsiId, 14);
    m_msiCapability = offset;
    const auto capable = std::uint16_t(std::countr_zero(vectors) << 1);
    storeLe(&m_config[offset + 2u], std::uint16_t(0x80 | capable)); // 64-bit address
    storeLe(&m_mask[offset + 2u], std::uint16_t(0x71)); // enable, vectors in use
    storeLe(&m_mask[offset + 4u], std::uint32_t(0xfffffffc));
    storeLe(&m_mask[offset + 8u], std::uint32_t(0xffffffff));
    storeLe(&m_mask[offset + 12u], std::uint16_t(0xffff));
}

void PciFunction::addMsix(unsigned vectors, unsigned bar, std::uint32_t tableOffset,
                          std::uint32_t pendingOffset)
{
    check(vectors >= 1 && vectors <= MaxMsixVectors && bar < BarCount, "MSI-X vectors or BAR");
    const std::uint8_t offset = addCapability(MsixId, 12);
    m_msixCapability = offset;
    storeLe(&m_config[offset + 2u], std::uint16_t(vectors - 1));
    storeLe(&m_mask[offset + 2u], std::uint16_t(MsixEnable | MsixFunctionMask));
    storeLe(&m_config[offset + 4u], tableOffset | bar);
    storeLe(&m_config[offset + 8u], pendingOffset | bar);
    m_msixBar = bar;
    m_msixTable = tableOffset;
    m_msixPending = pendingOffset;
    m_msix.resize(vectors);
}

std::uint32_t PciFunction::configRead(std::uint32_t offset, unsigned size)
{
    if (offset >= ConfigBytes)
        return 0;
    aboutToReadConfig(offset, size);
    return std::uint32_t(loadPart(m_config, offset, size));
}

void PciFunction::configWrite(std::uint32_t offset, unsigned size, std::uint32_t value)
{
    if (offset >= ConfigBytes)
        return;
    for (unsigned i = 0; i < size && offset + i < ConfigBytes; ++i) {
        const std::size_t at = offset + i;
        const auto byte = std::uint8_t(value >> (8 * i));
        m_config[at] = std::uint8_t((m_config[at] & ~m_mask[at]) | (byte & m_mask[at]));
    }
    const bool touchesBars = offset < BarOffset + 4 * BarCount && offset + size > BarOffset;
    const bool touchesCommand = offset < StatusOffset && offset + size > CommandOffset;
    if (touchesBars || touchesCommand)
        updateMappings();
    if (touchesCommand)
        updatePin();
    const bool touchesMsix = m_msixCapability != 0 && offset < m_msixCapability + 4u
        && offset + size > m_msixCapability + 2u;
    if (touchesMsix)
        sendPendingMsix();
    configWritten(offset, size);
    if (touchesCommand || touchesMsix)
        msixChanged();
}

void PciFunction::reset()
{
    if (!m_hasResetConfig) {
        m_resetConfig = m_config;
        m_hasResetConfig = true;
    }
    m_config = m_resetConfig;
    for (MsixEntry &entry : m_msix)
        entry = {};
    for (unsigned bar = 0; bar < BarCount; ++bar) {
        Bar &state = m_bars[bar];
        if (!state.window && !state.host.empty() && m_connections.mapper)
            state.window = m_connections.mapper->makeWindow(state.windowName, state.host,
                                                            MappedAccess::ReadWrite);
    }
    updateMappings();
    resetFunction();
    m_isInterruptAsserted = false;
    updatePin();
    msixChanged();
}

std::uint64_t PciFunction::read(unsigned region, std::uint64_t offset, unsigned size)
{
    if (isMsixTable(region, offset))
        return readMsixTable(offset - m_msixTable, size);
    if (isMsixPending(region, offset)) {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < m_msix.size(); ++i)
            bits |= std::uint64_t(m_msix[i].isPending) << i;
        return bits >> (8 * (offset - m_msixPending));
    }
    return readRegion(region, offset, size);
}

void PciFunction::write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (isMsixTable(region, offset))
        writeMsixTable(offset - m_msixTable, size, value);
    else if (!isMsixPending(region, offset))
        writeRegion(region, offset, size, value);
}

void PciFunction::serialize(StateArchive &archive, std::uint32_t version)
{
    // Only what software can change: identity and capabilities are this program's.
    for (std::size_t i = 0; i < ConfigBytes; ++i) {
        std::uint8_t byte = m_config[i] & m_mask[i];
        archive.value(byte);
        if (archive.isLoading() && !archive.hasFailed())
            m_config[i] = std::uint8_t((m_config[i] & ~m_mask[i]) | (byte & m_mask[i]));
    }
    for (MsixEntry &entry : m_msix) {
        archive.value(entry.words);
        archive.value(entry.isPending);
    }
    archive.value(m_isInterruptAsserted);
    if (archive.isLoading())
        updateMappings();
    serializeFunction(archive, version);
    if (archive.isLoading()) {
        updatePin();
        msixChanged();
    }
}

void PciFunction::setInterrupt(bool isAsserted)
{
    m_isInterruptAsserted = isAsserted;
    updatePin();
}

bool PciFunction::isMsiEnabled() const
{
    return m_msiCapability != 0 && (m_config[m_msiCapability + 2u] & 1) != 0;
}

bool PciFunction::isMsixEnabled() const
{
    return m_msixCapability != 0
        && (loadLe<std::uint16_t>(&m_config[m_msixCapability + 2u]) & MsixEnable) != 0;
}

void PciFunction::sendMsi(unsigned vector)
{
    if (!isMsiEnabled() || !isBusMaster() || !m_connections.msi)
        return;
    const std::uint8_t *capability = &m_config[m_msiCapability];
    const auto control = loadLe<std::uint16_t>(capability + 2);
    const unsigned capable = 1u << ((control >> 1) & 7);
    const unsigned inUse = std::min(1u << ((control >> 4) & 7), capable);
    const auto address = loadLe<std::uint64_t>(capability + 4);
    const auto data = loadLe<std::uint16_t>(capability + 12);
    m_connections.msi->send(address, (data & ~(inUse - 1)) | (vector & (inUse - 1)));
}

void PciFunction::sendMsix(unsigned vector)
{
    if (vector >= m_msix.size() || !isMsixEnabled() || !isBusMaster() || !m_connections.msi)
        return;
    const std::optional<MsiMessage> message = msixMessage(vector);
    m_msix[vector].isPending = !message;
    if (message)
        m_connections.msi->send(message->address, message->data);
}

std::optional<MsiMessage> PciFunction::msixMessage(unsigned vector) const
{
    if (vector >= m_msix.size() || !isMsixEnabled() || !isBusMaster())
        return std::nullopt;
    const MsixEntry &entry = m_msix[vector];
    const auto control = loadLe<std::uint16_t>(&m_config[m_msixCapability + 2u]);
    if ((control & MsixFunctionMask) != 0 || (entry.words[3] & 1) != 0)
        return std::nullopt;
    return MsiMessage{entry.words[0] | (std::uint64_t(entry.words[1]) << 32), entry.words[2]};
}

void PciFunction::sendPendingMsix()
{
    for (unsigned vector = 0; vector < m_msix.size(); ++vector)
        if (m_msix[vector].isPending)
            sendMsix(vector);
}

std::uint64_t PciFunction::readRegion(unsigned, std::uint64_t, unsigned)
{
    return ~std::uint64_t(0);
}

void PciFunction::writeRegion(unsigned, std::uint64_t, unsigned, std::uint64_t) { }
void PciFunction::aboutToReadConfig(std::uint32_t, unsigned) { }
void PciFunction::configWritten(std::uint32_t, unsigned) { }
void PciFunction::barMapped(unsigned, bool) { }
void PciFunction::msixChanged() { }

void PciFunction::updateMappings()
{
    for (unsigned bar = 0; bar < BarCount; ++bar) {
        const Bar &state = m_bars[bar];
        if (state.size == 0)
            continue;
        const bool isIo = state.kind == BarKind::Io;
        const bool isDecoded = (command() & (isIo ? CommandIo : CommandMemory)) != 0;
        std::uint64_t wanted = Unmapped;
        if (isDecoded) {
            const std::uint64_t address = barAddress(bar);
            const std::uint64_t last = address + (state.size - 1);
            const bool fits = isIo ? last <= 0xffff
                                   : last >= address && (last >> 52) == 0
                    && (state.kind == BarKind::Memory64 || last <= 0xffffffff);
            // Zero is where firmware has not been yet, all ones where it asks for the size.
            if (address != 0 && fits)
                wanted = address;
        }
        if (wanted == state.mappedAt)
            continue;
        if (state.mappedAt != Unmapped)
            unmapBar(bar);
        if (wanted != Unmapped)
            mapBar(bar, wanted);
    }
}

void PciFunction::unmapBar(unsigned bar)
{
    Bar &state = m_bars[bar];
    Bus *bus = state.kind == BarKind::Io ? m_connections.ports : m_connections.memory;
    if (state.window)
        state.window->unmap();
    if (bus)
        bus->remove(*this, bar);
    state.mappedAt = Unmapped;
    barMapped(bar, false);
}

void PciFunction::mapBar(unsigned bar, std::uint64_t address)
{
    Bar &state = m_bars[bar];
    Bus *bus = state.kind == BarKind::Io ? m_connections.ports : m_connections.memory;
    if (bus)
        bus->add({.base = address,
                  .size = state.size,
                  .device = this,
                  .region = bar,
                  .priority = BusPriority::GuestPlaced});
    if (state.window)
        state.window->map(address, 0, state.size);
    state.mappedAt = address;
    barMapped(bar, true);
}

void PciFunction::updatePin()
{
    std::uint8_t &status = m_config[StatusOffset];
    status =
        std::uint8_t((status & ~StatusInterrupt) | (m_isInterruptAsserted ? StatusInterrupt : 0));
    if (m_connections.interruptPin)
        m_connections.interruptPin->set(m_isInterruptAsserted
                                        && (command() & CommandInterruptDisable) == 0);
}

bool PciFunction::isMsixTable(unsigned region, std::uint64_t offset) const
{
    return region == m_msixBar && offset >= m_msixTable
        && offset - m_msixTable < m_msix.size() * MsixEntryBytes;
}

bool PciFunction::isMsixPending(unsigned region, std::uint64_t offset) const
{
    return region == m_msixBar && !m_msix.empty() && offset >= m_msixPending
        && offset - m_msixPending < 8;
}

std::uint64_t PciFunction::readMsixTable(std::uint64_t offset, unsigned size) const
{
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
        const std::size_t at = std::size_t(offset) + i;
        if (at / MsixEntryBytes >= m_msix.size())
            break;
        const std::uint32_t word = m_msix[at / MsixEntryBytes].words[at % MsixEntryBytes / 4];
        value |= std::uint64_t((word >> (8 * (at % 4))) & 0xff) << (8 * i);
    }
    return value;
}

void PciFunction::writeMsixTable(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    for (unsigned i = 0; i < size; ++i) {
        const std::size_t at = std::size_t(offset) + i;
        if (at / MsixEntryBytes >= m_msix.size())
            break;
        std::uint32_t &word = m_msix[at / MsixEntryBytes].words[at % MsixEntryBytes / 4];
        const unsigned shift = unsigned(8 * (at % 4));
        word = (word & ~(0xffu << shift)) | (std::uint32_t((value >> (8 * i)) & 0xff) << shift);
    }
    sendPendingMsix();
    msixChanged();
}

} // namespace engine
