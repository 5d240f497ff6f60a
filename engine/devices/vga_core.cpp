// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga_core.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace engine {

namespace {

// Legacy ports; 3BCh to 3BFh are a printer's.
constexpr std::uint64_t FirstPort = 0x3b0;
constexpr std::uint64_t MonoPorts = 0x0c;
constexpr std::uint64_t ColorPort = 0x3c0;
constexpr std::uint64_t ColorPorts = 0x20;
constexpr std::uint64_t DispiPort = 0x1ce; // the index; the data are at 1CFh and at 1D0h
constexpr std::uint64_t DispiPortCount = 4;

// BAR 2 (docs/specs/standard-vga.rst, "MMIO area spec").
constexpr std::uint64_t EdidAreaBytes = 0x400;
constexpr std::uint64_t PortsAt = 0x400;
constexpr std::uint64_t DispiAt = 0x500;
constexpr std::uint64_t ExtensionAt = 0x600;
constexpr std::uint64_t ByteOrderAt = 0x604;
constexpr std::uint32_t ExtensionBytes = 8;
constexpr std::uint32_t BigEndian = 0xbebebebe;
constexpr std::uint32_t LittleEndian = 0x1e1e1e1e;

constexpr std::uint8_t FontPlane = 1 << 2; // of the map mask

constexpr unsigned PreferredWidth = 1280;
constexpr unsigned PreferredHeight = 800;

} // namespace

VgaCore::VgaCore(std::shared_ptr<VideoMemory> memory, GuestClock &clock, Device &function)
    : m_function(function)
    , m_memory(std::move(memory))
    , m_clock(clock)
    , m_edid(makeEdid(PreferredWidth, PreferredHeight))
    , m_dispi(m_memory->size())
    , m_planes(m_memory->bytes())
    , m_touched((pageCount() + 63) / 64)
{
    check(m_memory->size() >= 1u << 20 && m_memory->size() <= 256u << 20,
          "video memory is 1 to 256 MiB");
}

void VgaCore::mapLegacy(Bus &ports, Bus &memory)
{
    ports.add({.base = FirstPort, .size = MonoPorts, .device = &m_function, .region = LegacyPorts});
    ports.add({.base = ColorPort,
               .size = ColorPorts,
               .device = &m_function,
               .region = LegacyPorts,
               .offset = ColorPort - FirstPort});
    ports.add(
        {.base = DispiPort, .size = DispiPortCount, .device = &m_function, .region = DispiPorts});
    memory.add(
        {.base = VgaWindowBase, .size = VgaWindowSize, .device = &m_function, .region = Window});
}

void VgaCore::resetVga(MemoryMapper *mapper, MappedMemory *barWindow)
{
    m_mapper = mapper;
    m_barWindow = barWindow;
    if (mapper && !m_alias) {
        m_alias = mapper->makeWindow("video window", m_memory->bytes(), MappedAccess::ReadWrite);
        m_alias->setDirtyLogged(m_isDirtyLogged);
        mapper->setCoalesced(VgaWindowBase, VgaWindowSize, true);
    }
    m_registers.reset();
    m_dispi.reset();
    m_planes.reset();
    m_dispiIndex = 0;
    m_isBigEndian = false;
    registersChanged();
    touchAll();
}

VgaPicture VgaCore::picture() const
{
    return decodeVgaPicture(m_registers, m_dispi, m_isBigEndian, m_memory->size());
}

// Ports

std::uint8_t VgaCore::readPort(std::uint64_t port)
{
    return m_registers.readPort(std::uint16_t(port), m_clock.now());
}

void VgaCore::writePort(std::uint64_t port, std::uint8_t value)
{
    if (m_registers.writePort(std::uint16_t(port), value))
        registersChanged();
}

std::uint16_t VgaCore::readDispiPort(std::uint64_t offset)
{
    return offset == 0 ? m_dispiIndex : m_dispi.read(m_dispiIndex);
}

void VgaCore::writeDispiPort(std::uint64_t offset, std::uint16_t value)
{
    if (offset == 0)
        m_dispiIndex = value;
    else
        writeDispi(m_dispiIndex, value);
}

void VgaCore::writeDispi(unsigned index, std::uint16_t value)
{
    const VgaDispi::Effect effect = m_dispi.write(index, value);
    if (effect.mustClear) {
        const std::uint64_t bytes = std::min<std::uint64_t>(
            std::uint64_t(m_dispi.pitch()) * m_dispi.height(), m_memory->size());
        std::memset(m_memory->bytes().data(), 0, std::size_t(bytes));
        touch(0, bytes);
    }
    const bool isDacNew = m_registers.setWideDac(m_dispi.hasWideDac());
    if (effect.isChanged || isDacNew)
        registersChanged();
}

// Regions

std::uint64_t VgaCore::readVga(unsigned region, std::uint64_t offset, unsigned size)
{
    std::uint64_t value = 0;
    switch (region) {
    case MemoryBar:
        return loadPart(m_memory->bytes(), offset, size);
    case RegisterBar:
        for (unsigned i = 0; i < size; ++i)
            value |= std::uint64_t(readRegisterByte(offset + i)) << (8 * i);
        return value;
    case LegacyPorts: // an 8-bit card
        for (unsigned i = 0; i < size; ++i)
            value |= std::uint64_t(readPort(FirstPort + offset + i)) << (8 * i);
        return value;
    case DispiPorts: // a 16-bit one
        if (size < 2)
            return maskOfBytes(size);
        for (unsigned i = 0; i + 1 < size; i += 2)
            value |= std::uint64_t(readDispiPort(offset + i)) << (8 * i);
        return value;
    case Window:
        return readWindow(offset, size);
    default:
        return maskOfBytes(size);
    }
}

void VgaCore::writeVga(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    switch (region) {
    case MemoryBar:
        storePart(m_memory->bytes(), offset, size, value);
        touch(offset, size);
        break;
    case RegisterBar:
        writeRegisters(offset, size, value);
        break;
    case LegacyPorts:
        for (unsigned i = 0; i < size; ++i)
            writePort(FirstPort + offset + i, std::uint8_t(value >> (8 * i)));
        break;
    case DispiPorts:
        for (unsigned i = 0; i + 1 < size; i += 2)
            writeDispiPort(offset + i, std::uint16_t(value >> (8 * i)));
        break;
    case Window:
        writeWindow(offset, size, value);
        break;
    default:
        break;
    }
}

std::uint8_t VgaCore::readRegisterByte(std::uint64_t offset)
{
    if (offset < EdidAreaBytes)
        return offset < m_edid.size() ? m_edid[std::size_t(offset)] : 0;
    if (offset >= PortsAt && offset < PortsAt + ColorPorts)
        return readPort(ColorPort + (offset - PortsAt));
    if (offset >= DispiAt && offset < DispiAt + 2 * VgaDispi::RegisterCount)
        return std::uint8_t(m_dispi.read(unsigned(offset - DispiAt) / 2) >> (8 * (offset & 1)));
    if (offset >= ExtensionAt && offset < ExtensionAt + ExtensionBytes) {
        const std::uint32_t word = offset < ByteOrderAt ? ExtensionBytes
            : m_isBigEndian                             ? BigEndian
                                                        : LittleEndian;
        return std::uint8_t(word >> (8 * (offset & 3)));
    }
    return 0xff;
}

void VgaCore::writeRegisters(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (offset == ByteOrderAt && size == 4) {
        const bool isBigEndian = value == BigEndian;
        if ((isBigEndian || value == LittleEndian) && isBigEndian != m_isBigEndian) {
            m_isBigEndian = isBigEndian;
            registersChanged();
        }
        return;
    }
    for (unsigned i = 0; i < size; ++i) {
        const std::uint64_t at = offset + i;
        if (at >= PortsAt && at < PortsAt + ColorPorts) {
            writePort(ColorPort + (at - PortsAt), std::uint8_t(value >> (8 * i)));
        } else if (at >= DispiAt && at < DispiAt + 2 * VgaDispi::RegisterCount && (at & 1) == 0
                   && i + 1 < size) {
            writeDispi(unsigned(at - DispiAt) / 2, std::uint16_t(value >> (8 * i)));
        }
    }
}

// The window

std::uint64_t VgaCore::readWindow(std::uint64_t offset, unsigned size)
{
    showWindow();
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i)
        value |= std::uint64_t(m_planes.read(m_window, m_registers, std::uint32_t(offset) + i))
            << (8 * i);
    return value;
}

void VgaCore::writeWindow(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    showWindow();
    if ((m_registers.sequencer(SrMapMask) & FontPlane) != 0)
        m_areFontsTouched = true;
    for (unsigned i = 0; i < size; ++i)
        if (const auto at = m_planes.write(m_window, m_registers, std::uint32_t(offset) + i,
                                           std::uint8_t(value >> (8 * i))))
            touch(*at, 1);
}

void VgaCore::registersChanged()
{
    const VgaWindow window = decodeVgaWindow(m_registers, m_dispi, m_memory->size());
    if (window != m_window) {
        const bool wasMapped = m_isAliasMapped;
        if (wasMapped) // what the log knows may be gone with the mapping
            touch(m_window.memoryOffset, m_window.size);
        m_window = window;
        m_isAliasMapped = false;
        // A guest that draws through banks goes on in the next one. Otherwise the window waits for
        // an access: modes are set by many writes.
        if (wasMapped)
            showWindow();
        if (wasMapped && !m_isAliasMapped)
            m_alias->unmap();
    }
    tell();
}

void VgaCore::showWindow()
{
    if (m_isAliasMapped || !m_alias || m_window.kind != VgaWindow::Kind::Plain)
        return;
    m_alias->map(VgaWindowBase + m_window.start, m_window.memoryOffset, m_window.size);
    m_isAliasMapped = true;
}

void VgaCore::vgaBarMapped(unsigned bar)
{
    if (bar == MemoryBar)
        touchAll(); // what the log knew is gone with the mapping
}

// The screen's side

void VgaCore::setDirtyLogged(bool isLogged)
{
    if (isLogged == m_isDirtyLogged)
        return;
    m_isDirtyLogged = isLogged;
    if (m_barWindow)
        m_barWindow->setDirtyLogged(isLogged);
    if (m_alias)
        m_alias->setDirtyLogged(isLogged);
}

bool VgaCore::harvest(std::span<std::uint64_t> pages)
{
    m_isTold = false;
    if (m_isDirtyLogged) {
        if (m_barWindow)
            m_barWindow->collectDirty(pages);
        if (m_isAliasMapped)
            m_alias->collectDirty(pages);
    }
    for (std::size_t i = 0; i < m_touched.size() && i < pages.size(); ++i)
        pages[i] |= m_touched[i];
    std::fill(m_touched.begin(), m_touched.end(), 0);
    return std::exchange(m_areFontsTouched, false);
}

void VgaCore::touch(std::uint64_t offset, std::uint64_t size)
{
    if (size == 0)
        return;
    const std::uint64_t last =
        std::min<std::uint64_t>((offset + size - 1) / PageBytes, pageCount() - 1);
    for (std::uint64_t page = offset / PageBytes; page <= last; ++page)
        m_touched[std::size_t(page / 64)] |= std::uint64_t(1) << (page % 64);
    tell();
}

void VgaCore::touchAll()
{
    m_areFontsTouched = true;
    touch(0, m_memory->size());
}

void VgaCore::tell()
{
    if (m_isTold || !m_watcher)
        return;
    m_isTold = true;
    m_watcher->pictureChanged();
}

void VgaCore::vgaRunningChanged(bool isRunning)
{
    if (!isRunning && m_watcher)
        m_watcher->guestStopped();
}

void VgaCore::serializeVga(StateArchive &archive)
{
    m_registers.serialize(archive);
    m_dispi.serialize(archive);
    m_planes.serialize(archive);
    archive.value(m_dispiIndex);
    archive.value(m_isBigEndian);
    if (archive.isLoading()) {
        registersChanged();
        touchAll();
    }
}

} // namespace engine
