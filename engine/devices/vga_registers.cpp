// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga_registers.h"

#include <chrono>
#include <utility>

namespace engine {

namespace {

// Bits that exist; PS/2, each register's page.
constexpr std::array<std::uint8_t, 8> SequencerBits = {0x03, 0x3d, 0x0f, 0x3f, 0x0e, 0, 0, 0};
constexpr std::array<std::uint8_t, 9> GraphicsBits = {0x0f, 0x0f, 0x0f, 0x1f, 0x03,
                                                      0x7b, 0x0f, 0x0f, 0xff};
constexpr std::uint8_t PaletteBits = 0x3f;
constexpr std::array<std::uint8_t, 5> AttributeBits = {0xef, 0xff, 0x3f, 0x0f, 0x0f}; // from 10h

constexpr std::uint8_t ColorPorts = 0x01; // miscellaneous output: 3Dxh instead of 3Bxh
constexpr std::uint8_t ScreenOff = 0x20; // clocking mode
constexpr std::uint8_t PaletteSource = 0x20; // attribute index: the picture has the palette
constexpr std::uint8_t CrtcProtected = 0x80; // retrace end
constexpr std::uint8_t LineCompareBit8 = 0x10; // overflow register: never protected

// A beam of 60 Hz: the vertical retrace is the last 45 of 525 lines, a line is dark for a fifth.
constexpr auto FrameTime = std::chrono::nanoseconds(16'666'650);
constexpr auto LineTime = FrameTime / 525;
constexpr auto VisibleTime = 480 * LineTime;

bool set(std::uint8_t &item, std::uint8_t value)
{
    return std::exchange(item, value) != value;
}

} // namespace

void VgaRegisters::reset()
{
    *this = {};
    m_miscellaneous = ColorPorts;
    m_pelMask = 0xff;
}

bool VgaRegisters::isScreenOn() const
{
    return (m_attributeIndex & PaletteSource) != 0 && (m_sequencer[SrClocking] & ScreenOff) == 0;
}

std::uint32_t VgaRegisters::color(std::uint8_t index) const
{
    const std::uint8_t *entry = &m_palette[3u * (index & m_pelMask)];
    std::uint32_t color = 0xff;
    for (unsigned i = 0; i < 3; ++i) {
        const std::uint8_t level = entry[i];
        const unsigned wide = m_isDacWide ? level : (level & 0x3fu) << 2 | (level & 0x3fu) >> 4;
        color = color << 8 | wide;
    }
    return color;
}

bool VgaRegisters::setWideDac(bool isWide)
{
    return std::exchange(m_isDacWide, isWide) != isWide;
}

std::uint8_t VgaRegisters::readPort(std::uint16_t port, GuestTime now)
{
    const bool isColor = (m_miscellaneous & ColorPorts) != 0;
    switch (port) {
    case 0x3c0:
        return m_attributeIndex;
    case 0x3c1: {
        const std::size_t index = m_attributeIndex & 0x1fu;
        return index < m_attribute.size() ? m_attribute[index] : 0;
    }
    case 0x3c2: // input status 0: a color display answers the sense
        return 0x10;
    case 0x3c3:
        return m_enable;
    case 0x3c4:
        return m_sequencerIndex;
    case 0x3c5:
        return m_sequencer[m_sequencerIndex];
    case 0x3c6:
        return m_pelMask;
    case 0x3c7: // DAC state
        return m_isDacReading ? 3 : 0;
    case 0x3c8:
        return m_dacWriteIndex;
    case 0x3c9:
        return readDac();
    case 0x3ca:
        return m_feature;
    case 0x3cc:
        return m_miscellaneous;
    case 0x3ce:
        return m_graphicsIndex;
    case 0x3cf:
        return m_graphicsIndex < m_graphics.size() ? m_graphics[m_graphicsIndex] : 0;
    case 0x3b4:
    case 0x3d4:
        return isColor == (port == 0x3d4) ? m_crtcIndex : 0xff;
    case 0x3b5:
    case 0x3d5:
        if (isColor != (port == 0x3d5))
            return 0xff;
        return m_crtcIndex < m_crtc.size() ? m_crtc[m_crtcIndex] : 0;
    case 0x3ba:
    case 0x3da:
        return isColor == (port == 0x3da) ? readStatus(now) : 0xff;
    default:
        return 0xff;
    }
}

std::uint8_t VgaRegisters::readStatus(GuestTime now)
{
    m_isAttributeData = false;
    const auto inFrame = now % FrameTime;
    if (inFrame >= VisibleTime)
        return 0x09; // vertical retrace, display disabled
    return inFrame % LineTime >= LineTime / 5 * 4 ? 0x01 : 0x00;
}

bool VgaRegisters::writePort(std::uint16_t port, std::uint8_t value)
{
    const bool isColor = (m_miscellaneous & ColorPorts) != 0;
    switch (port) {
    case 0x3c0:
        return writeAttribute(value);
    case 0x3c2:
        return set(m_miscellaneous, value);
    case 0x3c3:
        m_enable = value & 1;
        return false;
    case 0x3c4:
        m_sequencerIndex = value & 7;
        return false;
    case 0x3c5:
        return set(m_sequencer[m_sequencerIndex],
                   std::uint8_t(value & SequencerBits[m_sequencerIndex]));
    case 0x3c6:
        return set(m_pelMask, value);
    case 0x3c7:
        m_dacReadIndex = value;
        m_dacColor = 0;
        m_isDacReading = true;
        return false;
    case 0x3c8:
        m_dacWriteIndex = value;
        m_dacColor = 0;
        m_isDacReading = false;
        return false;
    case 0x3c9:
        return writeDac(value);
    case 0x3ce:
        m_graphicsIndex = value & 0x0f;
        return false;
    case 0x3cf:
        return m_graphicsIndex < m_graphics.size()
            && set(m_graphics[m_graphicsIndex],
                   std::uint8_t(value & GraphicsBits[m_graphicsIndex]));
    case 0x3b4:
    case 0x3d4:
        if (isColor == (port == 0x3d4))
            m_crtcIndex = value;
        return false;
    case 0x3b5:
    case 0x3d5:
        return isColor == (port == 0x3d5) && writeCrtc(value);
    case 0x3ba:
    case 0x3da:
        if (isColor == (port == 0x3da))
            m_feature = value & 0x08;
        return false;
    default:
        return false;
    }
}

bool VgaRegisters::writeAttribute(std::uint8_t value)
{
    m_isAttributeData = !m_isAttributeData;
    if (m_isAttributeData)
        return ((std::exchange(m_attributeIndex, std::uint8_t(value & 0x3f)) ^ value)
                & PaletteSource)
            != 0;
    const std::size_t index = m_attributeIndex & 0x1fu;
    if (index >= m_attribute.size())
        return false;
    const std::uint8_t bits = index < ArMode ? PaletteBits : AttributeBits[index - ArMode];
    return set(m_attribute[index], std::uint8_t(value & bits));
}

bool VgaRegisters::writeCrtc(std::uint8_t value)
{
    if (m_crtcIndex >= m_crtc.size())
        return false;
    std::uint8_t &item = m_crtc[m_crtcIndex];
    if (m_crtcIndex > CrOverflow || (m_crtc[CrRetraceEnd] & CrtcProtected) == 0)
        return set(item, value);
    if (m_crtcIndex == CrOverflow)
        return set(item, std::uint8_t((item & ~LineCompareBit8) | (value & LineCompareBit8)));
    return false;
}

bool VgaRegisters::writeDac(std::uint8_t value)
{
    if (!m_isDacWide)
        value &= 0x3f;
    if (m_dacColor < 2) {
        m_dacGathered[m_dacColor++] = value;
        return false;
    }
    // A color changes as a whole, with its last part (PS/2, "Video DAC").
    std::uint8_t *entry = &m_palette[3u * m_dacWriteIndex++];
    m_dacColor = 0;
    const bool isNew = set(entry[0], m_dacGathered[0]);
    const bool isNewGreen = set(entry[1], m_dacGathered[1]);
    return set(entry[2], value) || isNew || isNewGreen;
}

std::uint8_t VgaRegisters::readDac()
{
    const std::uint8_t level = m_palette[3u * m_dacReadIndex + m_dacColor];
    if (++m_dacColor == 3) {
        m_dacColor = 0;
        ++m_dacReadIndex;
    }
    return level;
}

void VgaRegisters::serialize(StateArchive &archive)
{
    archive.value(m_sequencer);
    archive.value(m_crtc);
    archive.value(m_graphics);
    archive.value(m_attribute);
    archive.value(m_palette);
    for (std::uint8_t *item :
         {&m_miscellaneous, &m_feature, &m_enable, &m_sequencerIndex, &m_crtcIndex,
          &m_graphicsIndex, &m_attributeIndex, &m_pelMask, &m_dacWriteIndex, &m_dacReadIndex,
          &m_dacColor, &m_dacGathered[0], &m_dacGathered[1]})
        archive.value(*item);
    archive.value(m_isAttributeData);
    archive.value(m_isDacReading);
    archive.value(m_isDacWide);
    if (archive.isLoading() && !archive.hasFailed()
        && (m_sequencerIndex >= m_sequencer.size() || m_dacColor > 2))
        archive.fail("a register index of the graphics card is out of range");
    // A refused state may stay until the reset.
    m_sequencerIndex &= 7;
    m_dacColor %= 3;
}

} // namespace engine
