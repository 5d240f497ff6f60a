// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga_render.h"

#include "engine/base/bytes.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint32_t Black = 0xff000000;
constexpr std::uint32_t FontCellBytes = 32;

std::uint32_t widened(std::uint32_t value, unsigned bits)
{
    return bits == 6 ? value << 2 | value >> 4 : value << 3 | value >> 2;
}

std::uint32_t from565(std::uint32_t pixel)
{
    return Black | widened(pixel >> 11 & 0x1f, 5) << 16 | widened(pixel >> 5 & 0x3f, 6) << 8
        | widened(pixel & 0x1f, 5);
}

std::uint32_t from555(std::uint32_t pixel)
{
    return Black | widened(pixel >> 10 & 0x1f, 5) << 16 | widened(pixel >> 5 & 0x1f, 5) << 8
        | widened(pixel & 0x1f, 5);
}

template <std::unsigned_integral T>
T loadPixel(const std::uint8_t *from, bool isBigEndian)
{
    return isBigEndian ? loadBe<T>(from) : loadLe<T>(from);
}

void drawPacked(const VgaPicture &picture, const std::uint8_t *from, std::span<std::uint32_t> into)
{
    const bool isBig = picture.isBigEndian;
    switch (picture.depth) {
    case 8:
        for (std::uint32_t &pixel : into)
            pixel = picture.palette[*from++];
        break;
    case 15:
        for (std::uint32_t &pixel : into) {
            pixel = from555(loadPixel<std::uint16_t>(from, isBig));
            from += 2;
        }
        break;
    case 16:
        for (std::uint32_t &pixel : into) {
            pixel = from565(loadPixel<std::uint16_t>(from, isBig));
            from += 2;
        }
        break;
    case 24:
        for (std::uint32_t &pixel : into) {
            pixel = isBig
                ? Black | std::uint32_t(from[0]) << 16 | std::uint32_t(from[1]) << 8 | from[2]
                : Black | std::uint32_t(from[2]) << 16 | std::uint32_t(from[1]) << 8 | from[0];
            from += 3;
        }
        break;
    default:
        for (std::uint32_t &pixel : into) {
            pixel = Black | loadPixel<std::uint32_t>(from, isBig);
            from += 4;
        }
        break;
    }
}

} // namespace

struct VgaRenderer::Line
{
    const VgaPicture &picture;
    const VgaScan &scan;
    const std::uint8_t *memory;
    VgaRow row;
    VgaBlink blink;

    const std::uint8_t *at(std::uint32_t column) const
    {
        return memory + std::size_t(vgaAddress(scan, row.counter + column, row.line)) * 4;
    }
};

void VgaRenderer::drawLine(const VgaPicture &picture, std::span<const std::uint8_t> memory,
                           std::uint32_t line, VgaBlink blink, std::span<std::uint32_t> into)
{
    const VgaLineMemory place = vgaLineMemory(picture, line);
    if (picture.isBlank || picture.kind == VgaPicture::Kind::None
        || place.first + place.size > memory.size()
        || std::uint64_t(picture.scan.planeSize) * 4 > memory.size()) {
        std::fill(into.begin(), into.end(), Black);
        return;
    }
    if (picture.kind == VgaPicture::Kind::Packed)
        return drawPacked(picture, memory.data() + place.first, into);

    const VgaScan &scan = picture.scan;
    // One column more, which panning moves in; the widest column has 9 dots.
    m_dots.resize(std::size_t(scan.columns + 1) * 9 + 8);
    const Line work = {picture, scan, memory.data(), vgaRow(scan, line), blink};
    switch (scan.pixels) {
    case VgaScan::Pixels::Text:
        drawText(work);
        break;
    case VgaScan::Pixels::Planes:
        drawPlanes(work);
        break;
    case VgaScan::Pixels::TwoBits:
        drawTwoBits(work);
        break;
    case VgaScan::Pixels::Bytes:
        drawBytes(work);
        break;
    }
    const std::uint32_t *dots =
        m_dots.data() + (work.row.isSplit && scan.isPanningSplit ? 0 : scan.panning);
    if (scan.isDotDoubled) {
        for (std::size_t x = 0; x < into.size(); ++x)
            into[x] = dots[x / 2];
    } else {
        std::copy_n(dots, into.size(), into.begin());
    }
}

void VgaRenderer::drawText(const Line &line)
{
    const VgaScan &scan = line.scan;
    const VgaCursor &cursor = line.picture.cursor;
    const bool isCursorLine = cursor.isOn && line.blink.isCursorShown
        && line.row.line >= cursor.firstLine && line.row.line <= cursor.lastLine;
    std::uint32_t *to = m_dots.data();
    for (std::uint32_t column = 0; column <= scan.columns; ++column) {
        const std::uint8_t *cell = line.at(column);
        const std::uint8_t character = cell[0];
        const std::uint8_t attribute = cell[1];
        const std::uint32_t font = (attribute & 8) != 0 ? scan.fontA : scan.fontB;
        std::uint8_t bits = line.memory[std::size_t(font + character * FontCellBytes
                                                    + (line.row.line % FontCellBytes))
                                            * 4
                                        + 2];
        unsigned paper = attribute >> 4;
        unsigned ink = attribute & 0x0f;
        if (scan.isBlinking) {
            if ((paper & 8) != 0 && !line.blink.isTextShown)
                bits = 0;
            paper &= 7;
        }
        bool isNinthSet = scan.isLineDrawing && (character & 0xe0) == 0xc0 && (bits & 1) != 0;
        if (scan.hasUnderline && (attribute & 7) == 1 && line.row.line == scan.underlineLine) {
            bits = 0xff;
            isNinthSet = true;
        }
        if (isCursorLine && ((line.row.counter + column) & 0xffff) == cursor.place) {
            bits = 0xff;
            isNinthSet = true;
        }
        const std::uint32_t colors[2] = {scan.colors[paper & scan.planeMask],
                                         scan.colors[ink & scan.planeMask]};
        for (unsigned i = 0; i < 8; ++i)
            *to++ = colors[bits >> (7 - i) & 1];
        if (scan.columnDots == 9)
            *to++ = colors[isNinthSet];
    }
}

void VgaRenderer::drawPlanes(const Line &line)
{
    const VgaScan &scan = line.scan;
    std::uint32_t *to = m_dots.data();
    for (std::uint32_t column = 0; column <= scan.columns; ++column) {
        const auto planes = loadLe<std::uint32_t>(line.at(column));
        for (unsigned i = 0; i < 8; ++i) {
            const std::uint32_t bits = planes >> (7 - i);
            const unsigned index =
                (bits & 1) | (bits >> 7 & 2) | (bits >> 14 & 4) | (bits >> 21 & 8);
            *to++ = scan.colors[index & scan.planeMask];
        }
    }
}

void VgaRenderer::drawTwoBits(const Line &line)
{
    const VgaScan &scan = line.scan;
    std::uint32_t *to = m_dots.data();
    for (std::uint32_t column = 0; column <= scan.columns; ++column) {
        const std::uint8_t *cell = line.at(column);
        // Planes 0 and 2 make the first four dots, 1 and 3 the others.
        for (unsigned half = 0; half < 2; ++half) {
            for (unsigned shift = 8; shift > 0;) {
                shift -= 2;
                const unsigned index =
                    (cell[half] >> shift & 3u) | (cell[half + 2] >> shift & 3u) << 2;
                *to++ = scan.colors[index & scan.planeMask];
            }
        }
    }
}

void VgaRenderer::drawBytes(const Line &line)
{
    std::uint32_t *to = m_dots.data();
    for (std::uint32_t column = 0; column <= line.scan.columns; ++column) {
        const std::uint8_t *cell = line.at(column);
        // Four pixels, each two dots wide.
        for (unsigned i = 0; i < 4; ++i) {
            *to++ = line.picture.palette[cell[i]];
            *to++ = line.picture.palette[cell[i]];
        }
    }
}

VgaLines vgaCursorLines(const VgaPicture &picture)
{
    const VgaScan &scan = picture.scan;
    if (!picture.isText() || !picture.cursor.isOn || scan.columns == 0)
        return {};
    VgaLines lines = {.first = ~0u, .last = 0};
    for (std::uint32_t y = 0; y < picture.height; ++y) {
        const VgaRow row = vgaRow(scan, y);
        if (((picture.cursor.place - row.counter) & 0xffff) >= vgaShownColumns(scan))
            continue;
        lines.first = std::min(lines.first, y);
        lines.last = y;
    }
    return lines;
}

} // namespace engine
