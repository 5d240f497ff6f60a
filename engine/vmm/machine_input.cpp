// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/machine_input.h"

#include <algorithm>

namespace engine {

namespace {

constexpr ScanCode CapsLock = 0x3a;
constexpr ScanCode NumLock = 0x45;
constexpr ScanCode ScrollLock = 0x46;

std::uint8_t mouseButton(PointerButton button) // 0: a wheel
{
    switch (button) {
    case PointerButton::Left:
        return MouseLeft;
    case PointerButton::Middle:
        return MouseMiddle;
    case PointerButton::Right:
        return MouseRight;
    case PointerButton::Side:
        return MouseSide;
    case PointerButton::Extra:
        return MouseExtra;
    case PointerButton::WheelUp:
    case PointerButton::WheelDown:
    case PointerButton::WheelLeft:
    case PointerButton::WheelRight:
        return 0;
    }
    return 0;
}

// The middle of the pixel, so that a guest that divides comes back to it.
std::uint16_t onTablet(int pixel, int size)
{
    constexpr std::int64_t Places = AbsolutePointer::Maximum + 1;
    const std::int64_t inside = std::clamp(pixel, 0, size - 1);
    return std::uint16_t((2 * inside + 1) * Places / (2 * std::int64_t(size)));
}

} // namespace

MachineInput::MachineInput(I8042 &controller, const Hands &hands, Hooks hooks)
    : m_controller(controller)
    , m_tablet(hands.tablet)
    , m_keyboard(hands.keyboard)
    , m_gamepad(hands.gamepad)
    , m_hooks(std::move(hooks))
{
    if (m_tablet)
        m_tablet->setReadyListener([this] { announceChange(); });
    if (m_keyboard)
        m_keyboard->setListener([this] { announceChange(); });
    const std::lock_guard lock(m_controller.lock());
    m_lights = m_controller.lockLights();
    m_controller.setLightsListener([this](LockLights lights) {
        m_lights = lights;
        announceChange();
    });
}

MachineInput::~MachineInput()
{
    if (m_tablet)
        m_tablet->setReadyListener({});
    if (m_keyboard)
        m_keyboard->setListener({});
    const std::lock_guard lock(m_controller.lock());
    m_controller.setLightsListener({});
}

void MachineInput::announceChange()
{
    const std::lock_guard lock(m_mutex);
    if (m_changed)
        m_changed();
}

void MachineInput::setChangeListener(std::function<void()> changed)
{
    const std::lock_guard lock(m_mutex);
    m_changed = std::move(changed);
}

std::optional<LockLights> MachineInput::lockLights() const
{
    if (m_keyboard && m_keyboard->isReady())
        return m_keyboard->lockLights();
    const std::lock_guard lock(m_controller.lock());
    return m_lights;
}

void MachineInput::key(ScanCode code, KeyMotion motion)
{
    const bool isPress = motion == KeyMotion::Press;
    if (isPress ? m_keyboard && m_keyboard->isReady() : m_usbKeys.contains(code)) {
        if (isPress)
            m_usbKeys.insert(code);
        else
            m_usbKeys.erase(code);
        m_keyboard->key(code, motion);
        noteUse();
        return;
    }
    {
        const std::lock_guard lock(m_controller.lock());
        m_controller.pressKey(code, motion);
        if (motion == KeyMotion::Release)
            noteLockKey(code);
    }
    noteUse();
}

void MachineInput::noteUse() const
{
    if (m_hooks.wasUsed)
        m_hooks.wasUsed();
}

// A guest that has lights sets them when it has read the key, and then that counts.
void MachineInput::noteLockKey(ScanCode code)
{
    if (code == CapsLock)
        m_lights.capsLock = !m_lights.capsLock;
    else if (code == NumLock)
        m_lights.numLock = !m_lights.numLock;
    else if (code == ScrollLock)
        m_lights.scrollLock = !m_lights.scrollLock;
}

void MachineInput::setLockLights(bool capsLock, bool numLock)
{
    const std::optional<LockLights> lights = lockLights();
    if (lights->capsLock != capsLock)
        tap(CapsLock);
    if (lights->numLock != numLock)
        tap(NumLock);
}

void MachineInput::moveGamepad(const GamepadState &state)
{
    if (!m_gamepad)
        return;
    m_gamepad->move(state);
    noteUse();
}

void MachineInput::tap(ScanCode code)
{
    key(code, KeyMotion::Press);
    key(code, KeyMotion::Release);
}

PointerMode MachineInput::pointerMode() const
{
    return m_tablet && m_tablet->isReady() ? PointerMode::Absolute : PointerMode::Relative;
}

void MachineInput::positionOn(unsigned monitor, int x, int y)
{
    const MonitorPlace place = m_hooks.placeOf(monitor);
    if (pointerMode() != PointerMode::Absolute || place.areaWidth <= 0 || place.areaHeight <= 0)
        return;
    m_tablet->moveTo(onTablet(place.x + x, place.areaWidth),
                     onTablet(place.y + y, place.areaHeight));
    noteUse();
}

void MachineInput::motion(int dx, int dy)
{
    if (pointerMode() != PointerMode::Relative)
        return;
    moveMouse(dx, dy, 0);
    noteUse();
}

void MachineInput::button(PointerButton button, KeyMotion motion)
{
    noteUse();
    const std::uint8_t bit = mouseButton(button);
    if (bit == 0) {
        if (motion == KeyMotion::Press)
            turnWheel(button);
        return;
    }
    if (motion == KeyMotion::Press) {
        if (pointerMode() == PointerMode::Absolute) {
            m_tabletButtons |= bit;
            m_tablet->setButton(button, motion);
        } else {
            m_mouseButtons |= bit;
            moveMouse(0, 0, 0);
        }
        return;
    }
    if (m_tabletButtons & bit) {
        m_tabletButtons &= std::uint8_t(~bit);
        m_tablet->setButton(button, motion);
    }
    if (m_mouseButtons & bit) {
        m_mouseButtons &= std::uint8_t(~bit);
        moveMouse(0, 0, 0);
    }
}

void MachineInput::turnWheel(PointerButton wheel)
{
    const int right = wheel == PointerButton::WheelRight ? 1
        : wheel == PointerButton::WheelLeft              ? -1
                                                         : 0;
    const int up = wheel == PointerButton::WheelUp ? 1 : wheel == PointerButton::WheelDown ? -1 : 0;
    if (pointerMode() == PointerMode::Absolute)
        m_tablet->turnWheel(right, up);
    else if (up != 0) // a PS/2 mouse has no other wheel
        moveMouse(0, 0, -up);
}

void MachineInput::moveMouse(int right, int down, int wheelDown)
{
    const std::lock_guard lock(m_controller.lock());
    m_controller.moveMouse(
        {.right = right, .down = down, .wheelDown = wheelDown, .buttons = m_mouseButtons});
}

} // namespace engine
