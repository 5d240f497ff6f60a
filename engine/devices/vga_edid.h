// SPDX-License-Identifier: GPL-3.0-or-later
// What the monitor says about itself (VESA Enhanced EDID Standard, release A, revision 2: structure
// version 1.4), so that guests choose a sensible resolution by themselves.
#pragma once

#include <array>
#include <cstdint>

namespace engine {

inline constexpr std::size_t EdidBytes = 128;

// `width` and `height` are the preferred resolution: multiples of 8 and 2, at most 4088 by 4094.
// `number` tells a card's monitors apart: 1 to 9.
std::array<std::uint8_t, EdidBytes> makeEdid(unsigned width, unsigned height, unsigned number = 1);

} // namespace engine
