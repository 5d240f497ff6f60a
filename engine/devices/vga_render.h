// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the lines of a VgaPicture as 0xffRRGGBB. Knows no registers and no locks: the memory may
// change meanwhile, then the picture does too.
#pragma once

#include "engine/devices/vga_picture.h"

#include <cstdint>
#include <span>
#include <vector>

namespace engine {

// What of blinking things shows at this moment.
struct VgaBlink
{
    bool isCursorShown = true;
    bool isTextShown = true;

    bool operator==(const VgaBlink &) const = default;
};

class VgaRenderer final
{
public:
    // `into` has picture.width pixels. `memory` is all of the video memory; a line that does not
    // lie in it is black.
    void drawLine(const VgaPicture &picture, std::span<const std::uint8_t> memory,
                  std::uint32_t line, VgaBlink blink, std::span<std::uint32_t> into);

private:
    struct Line;
    void drawText(const Line &line);
    void drawPlanes(const Line &line);
    void drawTwoBits(const Line &line);
    void drawBytes(const Line &line);

    std::vector<std::uint32_t> m_dots; // of the line, before panning and doubling
};

// The text line that shows the cursor: scan lines [first, last]; first > last when none does.
struct VgaLines
{
    std::uint32_t first = 1;
    std::uint32_t last = 0;
};
VgaLines vgaCursorLines(const VgaPicture &picture);

} // namespace engine
