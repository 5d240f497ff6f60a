// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/sdl/sdl_gamepad.h"

#include "engine/base/log.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <SDL.h>

namespace display {

using engine::GamepadButton;

namespace {

struct Named
{
    SDL_GameControllerButton sdl;
    GamepadButton button;
};
constexpr Named Buttons[] = {
    {SDL_CONTROLLER_BUTTON_A, GamepadButton::South},
    {SDL_CONTROLLER_BUTTON_B, GamepadButton::East},
    {SDL_CONTROLLER_BUTTON_X, GamepadButton::West},
    {SDL_CONTROLLER_BUTTON_Y, GamepadButton::North},
    {SDL_CONTROLLER_BUTTON_LEFTSHOULDER, GamepadButton::LeftShoulder},
    {SDL_CONTROLLER_BUTTON_RIGHTSHOULDER, GamepadButton::RightShoulder},
    {SDL_CONTROLLER_BUTTON_BACK, GamepadButton::Select},
    {SDL_CONTROLLER_BUTTON_START, GamepadButton::Start},
    {SDL_CONTROLLER_BUTTON_GUIDE, GamepadButton::Guide},
    {SDL_CONTROLLER_BUTTON_LEFTSTICK, GamepadButton::LeftStick},
    {SDL_CONTROLLER_BUTTON_RIGHTSTICK, GamepadButton::RightStick},
    {SDL_CONTROLLER_BUTTON_DPAD_UP, GamepadButton::Up},
    {SDL_CONTROLLER_BUTTON_DPAD_DOWN, GamepadButton::Down},
    {SDL_CONTROLLER_BUTTON_DPAD_LEFT, GamepadButton::Left},
    {SDL_CONTROLLER_BUTTON_DPAD_RIGHT, GamepadButton::Right},
};
static_assert(std::size(Buttons) == engine::GamepadButtonCount);

engine::GamepadState stateOf(SDL_GameController *pad)
{
    const auto axis = [pad](SDL_GameControllerAxis which) {
        return SDL_GameControllerGetAxis(pad, which);
    };
    const auto trigger = [&axis](SDL_GameControllerAxis which) { // from 0 to 32767
        return std::uint8_t(std::max<Sint16>(axis(which), 0) >> 7);
    };
    engine::GamepadState state;
    state.leftX = axis(SDL_CONTROLLER_AXIS_LEFTX);
    state.leftY = axis(SDL_CONTROLLER_AXIS_LEFTY);
    state.rightX = axis(SDL_CONTROLLER_AXIS_RIGHTX);
    state.rightY = axis(SDL_CONTROLLER_AXIS_RIGHTY);
    state.leftTrigger = trigger(SDL_CONTROLLER_AXIS_TRIGGERLEFT);
    state.rightTrigger = trigger(SDL_CONTROLLER_AXIS_TRIGGERRIGHT);
    for (const Named &each : Buttons)
        if (SDL_GameControllerGetButton(pad, each.sdl) != 0)
            state.press(each.button);
    return state;
}

} // namespace

void SdlGamepad::Close::operator()(SDL_GameController *pad) const
{
    SDL_GameControllerClose(pad);
}

SdlGamepad::SdlGamepad(std::function<void()> changed)
    : m_changed(std::move(changed))
{
    // The kernel's drivers know the gamepads; SDL's own take them over and set their lights.
    SDL_SetHint(SDL_HINT_JOYSTICK_HIDAPI, "0");
    SDL_SetHint(SDL_HINT_JOYSTICK_ALLOW_BACKGROUND_EVENTS, "1"); // the focus is looked after here
    SDL_SetHint(SDL_HINT_GAMECONTROLLER_USE_BUTTON_LABELS, "0");
    // Those that are there already come as news, too.
    m_isThere = SDL_InitSubSystem(SDL_INIT_GAMECONTROLLER) == 0;
    if (!m_isThere)
        engine::log(engine::LogLevel::Warning, "display",
                    std::string("SDL finds no gamepads: ") + SDL_GetError());
}

SdlGamepad::~SdlGamepad()
{
    setSink(nullptr);
    m_pad.reset();
    if (m_isThere)
        SDL_QuitSubSystem(SDL_INIT_GAMECONTROLLER);
}

void SdlGamepad::setSink(engine::InputSink *sink)
{
    if (m_sink != nullptr && m_pad != nullptr)
        m_sink->unplugGamepad();
    m_sink = sink;
    m_sent = {};
    if (m_sink == nullptr || m_pad == nullptr)
        return;
    m_sink->plugGamepad(m_name);
    send();
}

void SdlGamepad::setFocused(bool hasFocus)
{
    m_hasFocus = hasFocus;
    send();
}

void SdlGamepad::handle(const SDL_Event &event)
{
    const auto isOurs = [this](SDL_JoystickID which) {
        return m_pad != nullptr
            && SDL_JoystickInstanceID(SDL_GameControllerGetJoystick(m_pad.get())) == which;
    };
    switch (event.type) {
    case SDL_CONTROLLERDEVICEADDED:
        if (m_pad == nullptr)
            openFirst();
        break;
    case SDL_CONTROLLERDEVICEREMOVED:
        if (isOurs(event.cdevice.which))
            openFirst();
        break;
    case SDL_CONTROLLERAXISMOTION:
        if (isOurs(event.caxis.which))
            send();
        break;
    case SDL_CONTROLLERBUTTONDOWN:
    case SDL_CONTROLLERBUTTONUP:
        if (isOurs(event.cbutton.which))
            send();
        break;
    default:
        break;
    }
}

// The one before has left. The guest's stays where another one takes its place.
void SdlGamepad::openFirst()
{
    const bool wasThere = m_pad != nullptr;
    m_pad.reset();
    m_name.clear();
    for (int i = 0; m_pad == nullptr && i < SDL_NumJoysticks(); ++i)
        if (SDL_IsGameController(i) != 0)
            m_pad.reset(SDL_GameControllerOpen(i));
    if (m_pad != nullptr) {
        const char *const name = SDL_GameControllerName(m_pad.get());
        m_name = name != nullptr ? name : "Gamepad";
    }
    if (m_sink != nullptr && m_pad != nullptr)
        m_sink->plugGamepad(m_name);
    else if (m_sink != nullptr && wasThere)
        m_sink->unplugGamepad();
    send();
    m_changed();
}

void SdlGamepad::send()
{
    const engine::GamepadState now = isInUse() ? stateOf(m_pad.get()) : engine::GamepadState();
    if (m_sink != nullptr && std::exchange(m_sent, now) != now)
        m_sink->moveGamepad(now);
}

} // namespace display
