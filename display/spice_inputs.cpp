// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/spice_inputs.h"

#include <utility>

// GLib has a member of this name.
#undef signals
#include <spice-client.h>

namespace display {

using engine::KeyMotion;
using engine::LockLights;
using engine::PointerButton;

namespace {

// Servers know Pause as the one key it shares with Break: E0 46, which has a release as well.
constexpr engine::ScanCode BreakCode = engine::ScanCodeExtended | 0x46;

int spiceButton(PointerButton button)
{
    switch (button) {
    case PointerButton::Left:
        return SPICE_MOUSE_BUTTON_LEFT;
    case PointerButton::Middle:
        return SPICE_MOUSE_BUTTON_MIDDLE;
    case PointerButton::Right:
        return SPICE_MOUSE_BUTTON_RIGHT;
    case PointerButton::WheelUp:
        return SPICE_MOUSE_BUTTON_UP;
    case PointerButton::WheelDown:
        return SPICE_MOUSE_BUTTON_DOWN;
    case PointerButton::Side:
        return SPICE_MOUSE_BUTTON_SIDE;
    case PointerButton::Extra:
        return SPICE_MOUSE_BUTTON_EXTRA;
    case PointerButton::WheelLeft:
    case PointerButton::WheelRight:
        break;
    }
    return SPICE_MOUSE_BUTTON_INVALID;
}

} // namespace

void SpiceInputs::setChannel(_SpiceInputsChannel *channel)
{
    m_channel = channel;
    m_buttonState = 0;
    m_lights = {};
    m_earlyLights = std::nullopt;
}

void SpiceInputs::key(engine::ScanCode code, KeyMotion motion)
{
    if (!m_channel)
        return;
    const guint spiceCode = code == engine::ScanCodePause ? BreakCode : code;
    if (motion == KeyMotion::Press) {
        spice_inputs_channel_key_press(m_channel, spiceCode);
        return;
    }
    spice_inputs_channel_key_release(m_channel, spiceCode);
    m_lights.keyReleased(code);
}

void SpiceInputs::button(PointerButton button, KeyMotion motion)
{
    if (!m_channel)
        return;
    const int number = spiceButton(button);
    if (number == SPICE_MOUSE_BUTTON_INVALID) {
        if (motion == KeyMotion::Press && m_sidewaysWheel)
            m_sidewaysWheel(button == PointerButton::WheelRight ? 1 : -1);
        return;
    }
    const int mask = 1 << (number - SPICE_MOUSE_BUTTON_LEFT);
    // The state a message carries is the one after it for a press and for a release alike.
    if (motion == KeyMotion::Press) {
        m_buttonState |= mask;
        spice_inputs_channel_button_press(m_channel, number, m_buttonState);
    } else {
        m_buttonState &= ~mask;
        spice_inputs_channel_button_release(m_channel, number, m_buttonState);
    }
}

void SpiceInputs::position(int x, int y)
{
    if (m_channel)
        spice_inputs_channel_position(m_channel, m_origin.x() + x, m_origin.y() + y, 0,
                                      m_buttonState);
}

void SpiceInputs::motion(int dx, int dy)
{
    if (m_channel)
        spice_inputs_channel_motion(m_channel, dx, dy, m_buttonState);
}

void SpiceInputs::setLockLights(bool capsLock, bool numLock)
{
    const LockLights wanted{.capsLock = capsLock, .numLock = numLock};
    if (m_lights.isKnown())
        makeLights(wanted);
    else if (m_channel)
        m_earlyLights = wanted;
}

void SpiceInputs::guestLightsCame()
{
    int told = 0;
    g_object_get(m_channel, "key-modifiers", &told, nullptr);
    m_lights.tell({.capsLock = (told & SPICE_INPUTS_CAPS_LOCK) != 0,
                   .numLock = (told & SPICE_INPUTS_NUM_LOCK) != 0,
                   .scrollLock = (told & SPICE_INPUTS_SCROLL_LOCK) != 0});
    if (const std::optional<LockLights> early = std::exchange(m_earlyLights, std::nullopt))
        makeLights(*early);
}

// By pressing the keys: spice_inputs_channel_set_key_locks() compares with the lights the server
// knows, and a guest that sets none would be switched on at every focus-in and never off.
void SpiceInputs::makeLights(const LockLights &wanted)
{
    const QList<engine::ScanCode> keys = m_lights.keysFor(wanted);
    for (const engine::ScanCode code : keys) {
        key(code, KeyMotion::Press);
        key(code, KeyMotion::Release);
    }
}

std::optional<LockLights> SpiceInputs::lockLights() const
{
    if (!m_lights.isKnown() || !m_channel)
        return std::nullopt;
    return m_lights.lights();
}

} // namespace display
