// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga_picture.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint32_t FewestColumns = 16; // below it nobody has set a mode yet
constexpr std::uint32_t FewestLines = 16;

// Plane 2 offsets by a character map's number (PS/2, "Character map select register").
constexpr std::array<std::uint16_t, 8> FontOffsets = {0x0000, 0x4000, 0x8000, 0xc000,
                                                      0x2000, 0x6000, 0xa000, 0xe000};

void decodeColors(const VgaRegisters &r, VgaScan &scan)
{
    const std::uint8_t select = r.attribute(ArColorSelect);
    const bool hasSelect54 = (r.attribute(ArMode) & 0x80) != 0;
    for (unsigned i = 0; i < scan.colors.size(); ++i) {
        unsigned index = r.attribute(i);
        if (hasSelect54)
            index = (index & 0x0f) | (select & 3u) << 4;
        scan.colors[i] = r.color(std::uint8_t(index | (select & 0x0cu) << 4));
    }
    scan.planeMask = r.attribute(ArPlaneEnable) & 0x0f;
}

void decodeText(const VgaRegisters &r, VgaPicture &picture)
{
    VgaScan &scan = picture.scan;
    const std::uint8_t mode = r.attribute(ArMode);
    const std::uint8_t fonts = r.sequencer(SrFontSelect);
    scan.columnDots = (r.sequencer(SrClocking) & 1) != 0 ? 8 : 9;
    scan.fontA = FontOffsets[(fonts >> 2 & 3) | (fonts >> 3 & 4)];
    scan.fontB = FontOffsets[(fonts & 3) | (fonts >> 2 & 4)];
    scan.isBlinking = (mode & 0x08) != 0;
    scan.hasUnderline = (mode & 0x02) != 0;
    scan.underlineLine = r.crtc(CrUnderline) & 0x1f;
    scan.isLineDrawing = (mode & 0x04) != 0;
    picture.cursor.firstLine = r.crtc(CrCursorStart) & 0x1f;
    picture.cursor.lastLine = r.crtc(CrCursorEnd) & 0x1f;
    picture.cursor.isOn = (r.crtc(CrCursorStart) & 0x20) == 0;
    picture.cursor.place = std::uint32_t(r.crtc(CrCursorHigh)) << 8 | r.crtc(CrCursorLow);
}

// The part of the picture that depths and resolutions of the Bochs interface replace.
void decodeTiming(const VgaRegisters &r, VgaScan &scan)
{
    const unsigned overflow = r.crtc(CrOverflow);
    const unsigned lines = r.crtc(CrMaximumScanLine);
    const unsigned mode = r.crtc(CrMode);
    scan.columns = r.crtc(CrHorizontalEnd) + 1u;
    scan.isDotDoubled = (r.sequencer(SrClocking) & 0x08) != 0;
    scan.isLineDoubled = (lines & 0x80) != 0;
    scan.rowLines = std::uint8_t((lines & 0x1f) + 1);
    scan.firstRowLine = r.crtc(CrPresetRow) & 0x1f;
    scan.start = (std::uint32_t(r.crtc(CrStartHigh)) << 8 | r.crtc(CrStartLow))
        + (r.crtc(CrPresetRow) >> 5 & 3u);
    scan.pitch = r.crtc(CrOffset) * 2u;
    scan.splitLine = r.crtc(CrLineCompare) | (overflow & 0x10) << 4 | (lines & 0x40) << 3;
    scan.addresses = (r.crtc(CrUnderline) & 0x40) != 0 ? VgaScan::Addresses::Doubleword
        : (mode & 0x40) != 0                           ? VgaScan::Addresses::Byte
                                                       : VgaScan::Addresses::Word;
    scan.isWrapHigh = (mode & 0x20) != 0;
    scan.hasRowBit13 = (mode & 1) == 0;
    scan.hasRowBit14 = (mode & 2) == 0;
}

void decodeDots(const VgaRegisters &r, VgaScan &scan)
{
    const unsigned panning = r.attribute(ArPanning);
    if (scan.pixels == VgaScan::Pixels::Bytes)
        scan.panning = std::uint8_t(panning & 6);
    else if (scan.columnDots == 9)
        scan.panning = std::uint8_t(panning >= 8 ? 0 : panning + 1);
    else
        scan.panning = panning & 7;
    scan.isPanningSplit = (r.attribute(ArMode) & 0x20) != 0;
}

VgaPicture decodePacked(const VgaRegisters &r, const VgaDispi &dispi, bool isBigEndian)
{
    VgaPicture picture;
    picture.kind = VgaPicture::Kind::Packed;
    picture.width = dispi.width();
    picture.height = dispi.height();
    picture.depth = std::uint8_t(dispi.depth());
    picture.start = dispi.start();
    picture.pitch = dispi.pitch();
    picture.isBigEndian = isBigEndian;
    picture.isBlank = !r.isScreenOn();
    if (picture.depth == 8)
        for (unsigned i = 0; i < picture.palette.size(); ++i)
            picture.palette[i] = r.color(std::uint8_t(i));
    return picture;
}

} // namespace

VgaPicture decodeVgaPicture(const VgaRegisters &registers, const VgaDispi &dispi, bool isBigEndian,
                            std::uint64_t memoryBytes)
{
    if (dispi.isPacked())
        return decodePacked(registers, dispi, isBigEndian);

    VgaPicture picture;
    VgaScan &scan = picture.scan;
    picture.kind = VgaPicture::Kind::Scanned;
    picture.isBlank = !registers.isScreenOn();
    const std::uint8_t mode = registers.graphics(GrMode);
    if (dispi.isEnabled()) {
        scan.pixels = VgaScan::Pixels::Planes;
        scan.columns = dispi.width() / 8;
        scan.start = std::uint32_t(dispi.start() / 4);
        scan.pitch = dispi.pitch() / 4;
        scan.planeSize = std::uint32_t(memoryBytes / 4);
        picture.height = dispi.height();
    } else {
        decodeTiming(registers, scan);
        picture.isFirmware = true;
        picture.height = (registers.crtc(CrVerticalEnd) | (registers.crtc(CrOverflow) & 0x02u) << 7
                          | (registers.crtc(CrOverflow) & 0x40u) << 3)
            + 1;
        if ((registers.graphics(GrMiscellaneous) & 1) == 0)
            decodeText(registers, picture);
        else if ((mode & 0x40) != 0)
            scan.pixels = VgaScan::Pixels::Bytes;
        else
            scan.pixels = (mode & 0x20) != 0 ? VgaScan::Pixels::TwoBits : VgaScan::Pixels::Planes;
    }
    decodeColors(registers, scan);
    decodeDots(registers, scan);
    if (scan.pixels == VgaScan::Pixels::Bytes)
        for (unsigned i = 0; i < picture.palette.size(); ++i)
            picture.palette[i] = registers.color(std::uint8_t(i));
    picture.width = scan.columns * scan.columnDots * (scan.isDotDoubled ? 2 : 1);
    if (scan.columns < FewestColumns || picture.height < FewestLines)
        return {};
    return picture;
}

VgaRow vgaRow(const VgaScan &scan, std::uint32_t line)
{
    VgaRow row;
    row.isSplit = line > scan.splitLine;
    if (row.isSplit)
        line -= scan.splitLine + 1;
    if (scan.isLineDoubled)
        line /= 2;
    if (!row.isSplit)
        line += scan.firstRowLine;
    row.counter = (row.isSplit ? 0 : scan.start) + line / scan.rowLines * scan.pitch;
    row.line = line % scan.rowLines;
    return row;
}

std::uint32_t vgaAddress(const VgaScan &scan, std::uint32_t counter, std::uint32_t rowLine)
{
    std::uint32_t address = counter;
    if (scan.addresses == VgaScan::Addresses::Word)
        address = counter << 1 | (counter >> (scan.isWrapHigh ? 15 : 13) & 1);
    if (scan.hasRowBit13)
        address = (address & ~0x2000u) | (rowLine & 1) << 13;
    if (scan.hasRowBit14)
        address = (address & ~0x4000u) | (rowLine >> 1 & 1) << 14;
    return address % scan.planeSize;
}

VgaLineMemory vgaLineMemory(const VgaPicture &picture, std::uint32_t line)
{
    if (picture.kind == VgaPicture::Kind::Packed) {
        const std::uint32_t bytes = (picture.depth + 7u) / 8;
        return {picture.start + std::uint64_t(line) * picture.pitch,
                std::uint64_t(picture.width) * bytes};
    }
    const VgaScan &scan = picture.scan;
    const VgaRow row = vgaRow(scan, line);
    const std::uint32_t first = vgaAddress(scan, row.counter, row.line);
    const std::uint32_t last = vgaAddress(scan, row.counter + vgaShownColumns(scan) - 1, row.line);
    if (last < first)
        return {0, std::uint64_t(scan.planeSize) * 4};
    return {std::uint64_t(first) * 4, (std::uint64_t(last - first) + 1) * 4};
}

} // namespace engine
