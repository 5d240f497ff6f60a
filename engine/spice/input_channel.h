// SPDX-License-Identifier: GPL-3.0-or-later
// Clients' keyboards, mice and places of the pointer (spice-input.h), as calls of an InputSink.
// On the server's thread only.
#pragma once

#include "engine/host/input_sink.h"

#include <cstdint>
#include <functional>
#include <optional>

#include <spice.h>

namespace engine::spice {

class InputChannel final
{
public:
    using Came = std::function<void(std::function<void(InputSink &)>)>;

    InputChannel(SpiceServer *server, Came came);

    // Absolute: clients name places. Else they send ways, unless the agent in the guest moves the
    // pointer.
    void setPointerMode(PointerMode mode);
    void setLockLights(LockLights lights);

private:
    // As the library knows them: their first members.
    struct Keyboard
    {
        SpiceKbdInstance instance = {};
        InputChannel *self = nullptr;
    };
    struct Mouse
    {
        SpiceMouseInstance instance = {};
        InputChannel *self = nullptr;
    };
    struct Tablet
    {
        SpiceTabletInstance instance = {};
        InputChannel *self = nullptr;
    };

    void takeScanByte(std::uint8_t byte);
    void takeButtons(std::uint32_t buttons);
    void takeWheel(int steps);

    SpiceServer *const m_server;
    const Came m_came;
    Keyboard m_keyboard;
    Mouse m_mouse;
    Tablet m_tablet;
    bool m_hasTablet = false;
    std::uint8_t m_leds = 0;
    std::uint32_t m_buttons = 0;
    std::uint8_t m_prefix = 0; // E0 or E1, whose rest is to come
    int m_pauseBytes = 0; // of Pause, which came after E1
};

} // namespace engine::spice
