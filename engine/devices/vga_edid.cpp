// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga_edid.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace engine {

namespace {

constexpr unsigned Refresh = 60;
constexpr unsigned DotsPerMeter = 3780; // 96 dots an inch

// Offsets of the base block, section 3.
enum Offset : std::size_t {
    ManufacturerAt = 8,
    ProductAt = 10,
    MadeAt = 16,
    VersionAt = 18,
    InputAt = 20,
    SizeAt = 21,
    GammaAt = 23,
    FeaturesAt = 24,
    ColorsAt = 25,
    EstablishedAt = 35,
    StandardAt = 38,
    DescriptorsAt = 54,
    DescriptorBytes = 18,
    ChecksumAt = 127,
};

// Three letters of five bits each, A is 1 (3.4.1).
constexpr std::uint16_t manufacturer(std::string_view letters)
{
    std::uint16_t id = 0;
    for (const char letter : letters)
        id = std::uint16_t(id << 5 | (letter - 'A' + 1));
    return id;
}

// sRGB: IEC 61966-2-1's red, green, blue and white, x and y in 1/1024 (3.7).
constexpr std::array<std::uint16_t, 8> Primaries = {655, 338, 307, 614, 154, 61, 320, 337};

void storeColors(std::span<std::uint8_t> to)
{
    // Two low bits of four values in a byte each, then the high bits.
    for (std::size_t half = 0; half < 2; ++half) {
        unsigned low = 0;
        for (std::size_t i = 0; i < 4; ++i)
            low = low << 2 | (Primaries[4 * half + i] & 3u);
        to[half] = std::uint8_t(low);
    }
    for (std::size_t i = 0; i < 8; ++i)
        to[2 + i] = std::uint8_t(Primaries[i] >> 2);
}

// Aspect: 0 is 16:10, 1 is 4:3, 2 is 5:4, 3 is 16:9 (3.9).
constexpr struct
{
    unsigned width;
    unsigned aspect;
} StandardTimings[8] = {{1920, 3}, {1680, 0}, {1600, 1}, {1440, 0},
                        {1280, 2}, {1280, 0}, {1280, 3}, {1600, 3}};

// CVT 1.2's reduced blanking: 160 pixels across; down at least 460 us.
void storeTiming(std::span<std::uint8_t> to, unsigned width, unsigned height)
{
    constexpr unsigned Across = 160;
    constexpr unsigned FrontAcross = 48;
    constexpr unsigned SyncAcross = 32;
    constexpr unsigned FrontDown = 3;
    constexpr unsigned SyncDown = 6;
    const unsigned down = std::max(height * 29 / 1000 + 1, FrontDown + SyncDown + 6);
    const unsigned clock = (width + Across) * (height + down) * Refresh / 10000; // 10 kHz
    storeLe(&to[0], std::uint16_t(std::min(clock, 0xffffu)));
    to[2] = std::uint8_t(width);
    to[3] = std::uint8_t(Across);
    to[4] = std::uint8_t((width >> 8) << 4 | Across >> 8);
    to[5] = std::uint8_t(height);
    to[6] = std::uint8_t(down);
    to[7] = std::uint8_t((height >> 8) << 4 | down >> 8);
    to[8] = FrontAcross;
    to[9] = SyncAcross;
    to[10] = FrontDown << 4 | SyncDown;
    to[11] = 0;
    const unsigned wideMm = width * 1000 / DotsPerMeter;
    const unsigned highMm = height * 1000 / DotsPerMeter;
    to[12] = std::uint8_t(wideMm);
    to[13] = std::uint8_t(highMm);
    to[14] = std::uint8_t((wideMm >> 8) << 4 | highMm >> 8);
    to[17] = 0x1a; // digital separate sync, horizontal positive
}

void storeText(std::span<std::uint8_t> to, std::uint8_t tag, std::string_view text)
{
    to[3] = tag;
    for (std::size_t i = 0; i < 13; ++i)
        to[5 + i] = i < text.size() ? std::uint8_t(text[i]) : i == text.size() ? '\n' : ' ';
}

} // namespace

std::array<std::uint8_t, EdidBytes> makeEdid(unsigned width, unsigned height, unsigned number)
{
    std::array<std::uint8_t, EdidBytes> edid = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
    storeBe(&edid[ManufacturerAt], manufacturer("VTR"));
    storeLe(&edid[ProductAt], std::uint16_t(1));
    edid[MadeAt] = 0; // no week
    edid[MadeAt + 1] = 2026 - 1990;
    edid[VersionAt] = 1;
    edid[VersionAt + 1] = 4;
    edid[InputAt] = 0xa5; // digital, 8 bits a color, DisplayPort
    edid[SizeAt] = std::uint8_t(width * 100 / DotsPerMeter);
    edid[SizeAt + 1] = std::uint8_t(height * 100 / DotsPerMeter);
    edid[GammaAt] = 220 - 100;
    edid[FeaturesAt] = 0x06; // sRGB, the first timing is the preferred and native one
    storeColors(std::span(edid).subspan(ColorsAt, 10));
    edid[EstablishedAt] = 0x21; // 640x480 and 800x600 at 60 Hz
    edid[EstablishedAt + 1] = 0x08; // 1024x768 at 60 Hz
    for (std::size_t i = 0; i < 8; ++i) {
        edid[StandardAt + 2 * i] = std::uint8_t(StandardTimings[i].width / 8 - 31);
        edid[StandardAt + 2 * i + 1] = std::uint8_t(StandardTimings[i].aspect << 6); // 60 Hz
    }
    const auto descriptor = [&edid](std::size_t index) {
        return std::span(edid).subspan(DescriptorsAt + index * DescriptorBytes, DescriptorBytes);
    };
    storeTiming(descriptor(0), width, height);
    const std::span<std::uint8_t> limits = descriptor(1);
    limits[3] = 0xfd;
    limits[5] = 50; // Hz down
    limits[6] = 125;
    limits[7] = 30; // kHz across
    limits[8] = 160;
    limits[9] = 255; // 2550 MHz
    limits[10] = 1; // range limits only
    limits[11] = '\n';
    std::fill(limits.begin() + 12, limits.end(), std::uint8_t(' '));
    storeText(descriptor(2), 0xfc, "Vitrine");
    const auto serial = char('0' + number);
    storeText(descriptor(3), 0xff, {&serial, 1});
    unsigned sum = 0;
    for (const std::uint8_t byte : edid)
        sum += byte;
    edid[ChecksumAt] = std::uint8_t(0x100 - (sum & 0xff));
    return edid;
}

} // namespace engine
