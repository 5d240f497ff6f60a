// SPDX-License-Identifier: GPL-3.0-or-later
// The PC's two scan code sets and how the keyboard controller makes set 1 of set 2 (IBM PS/2
// Hardware Interface Technical Reference, "Keyboard and auxiliary device controller", scan code
// translation). Pure functions.
#pragma once

#include <cstdint>

namespace engine {

inline constexpr std::uint8_t ScanCodeBreakPrefix = 0xf0; // set 2
inline constexpr std::uint8_t ScanCodeExtendedPrefix = 0xe0; // both
inline constexpr std::uint8_t ScanCodePausePrefix = 0xe1; // both

// Make codes, 0x01 to 0x7f in set 1. 0 when there is none.
std::uint8_t setTwoOfSetOne(std::uint8_t code);
// Any byte of set 2, answers of the keyboard included: those stay what they are.
std::uint8_t setOneOfSetTwo(std::uint8_t code);

} // namespace engine
