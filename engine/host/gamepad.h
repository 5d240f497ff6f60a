// SPDX-License-Identifier: GPL-3.0-or-later
// What hands do with a gamepad: two sticks, two triggers, a cross and buttons, named by where they
// are, whatever is printed on them.
#pragma once

#include <cstdint>

namespace engine {

enum class GamepadButton : std::uint8_t {
    South,
    East,
    West,
    North,
    LeftShoulder,
    RightShoulder,
    Select,
    Start,
    Guide,
    LeftStick, // pressed
    RightStick,
    Up, // the cross
    Down,
    Left,
    Right,
};
inline constexpr unsigned GamepadButtonCount = unsigned(GamepadButton::Right) + 1;

struct GamepadState
{
    // To the right and down are positive; the least and the greatest value are the ends.
    std::int16_t leftX = 0;
    std::int16_t leftY = 0;
    std::int16_t rightX = 0;
    std::int16_t rightY = 0;
    std::uint8_t leftTrigger = 0; // 255: pulled as far as it goes
    std::uint8_t rightTrigger = 0;
    std::uint16_t buttons = 0; // those that are down, a bit each

    bool isDown(GamepadButton button) const { return (buttons >> unsigned(button) & 1) != 0; }
    void press(GamepadButton button) { buttons = std::uint16_t(buttons | 1u << unsigned(button)); }

    bool operator==(const GamepadState &) const = default;
};

} // namespace engine
