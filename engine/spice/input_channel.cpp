// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/input_channel.h"

#include "engine/base/result.h"

#include <algorithm>
#include <utility>

namespace engine::spice {

namespace {

constexpr std::uint8_t ExtendedPrefix = 0xe0;
constexpr std::uint8_t PausePrefix = 0xe1;
constexpr std::uint8_t BreakBit = 0x80;
constexpr std::uint8_t PauseEnd = 0x45; // the second byte after E1, as a make code
constexpr std::uint8_t BreakCode = 0x46; // with E0: Break, which is Pause with Ctrl
constexpr int MaxStep = 0x4000; // no pointer moves farther at once
constexpr int MaxPlace = 0xffff;

// As the library hands them over, RED_MOUSE_STATE_TO_LOCAL in its inputs-channel.cpp: the masks of
// the protocol with middle and right exchanged, and one bit higher from the side button on.
constexpr std::pair<std::uint32_t, PointerButton> Buttons[] = {{1 << 0, PointerButton::Left},
                                                               {1 << 1, PointerButton::Right},
                                                               {1 << 2, PointerButton::Middle},
                                                               {1 << 6, PointerButton::Side},
                                                               {1 << 7, PointerButton::Extra}};

template <class Device, class Instance>
InputChannel &of(Instance *instance)
{
    return *reinterpret_cast<Device *>(instance)->self;
}

const SpiceBaseInterface &describe(SpiceBaseInterface &base, const char *type, unsigned major,
                                   unsigned minor)
{
    base = {type, "vitrine", major, minor};
    return base;
}

void add(SpiceServer *server, SpiceBaseInstance &instance)
{
    const int added = spice_server_add_interface(server, &instance);
    check(added == 0, "the library does not take its own input interface");
}

} // namespace

InputChannel::InputChannel(SpiceServer *server, Came came)
    : m_server(server)
    , m_came(std::move(came))
{
    static SpiceKbdInterface keyboard = {};
    m_keyboard.instance.base.sif =
        &describe(keyboard.base, SPICE_INTERFACE_KEYBOARD, SPICE_INTERFACE_KEYBOARD_MAJOR,
                  SPICE_INTERFACE_KEYBOARD_MINOR);
    keyboard.push_scan_freg = [](SpiceKbdInstance *instance, std::uint8_t byte) {
        of<Keyboard>(instance).takeScanByte(byte);
    };
    keyboard.get_leds = [](SpiceKbdInstance *instance) { return of<Keyboard>(instance).m_leds; };

    static SpiceMouseInterface mouse = {};
    m_mouse.instance.base.sif = &describe(
        mouse.base, SPICE_INTERFACE_MOUSE, SPICE_INTERFACE_MOUSE_MAJOR, SPICE_INTERFACE_MOUSE_MINOR);
    mouse.motion = [](SpiceMouseInstance *instance, int dx, int dy, int dz, std::uint32_t buttons) {
        InputChannel &self = of<Mouse>(instance);
        dx = std::clamp(dx, -MaxStep, MaxStep);
        dy = std::clamp(dy, -MaxStep, MaxStep);
        if (dx != 0 || dy != 0)
            self.m_came([dx, dy](InputSink &sink) { sink.motion(dx, dy); });
        self.takeWheel(dz);
        self.takeButtons(buttons);
    };
    mouse.buttons = [](SpiceMouseInstance *instance, std::uint32_t buttons) {
        of<Mouse>(instance).takeButtons(buttons);
    };

    static SpiceTabletInterface tablet = {};
    m_tablet.instance.base.sif =
        &describe(tablet.base, SPICE_INTERFACE_TABLET, SPICE_INTERFACE_TABLET_MAJOR,
                  SPICE_INTERFACE_TABLET_MINOR);
    tablet.set_logical_size = [](SpiceTabletInstance *, int, int) {}; // the picture's
    tablet.position = [](SpiceTabletInstance *instance, int x, int y, std::uint32_t buttons) {
        InputChannel &self = of<Tablet>(instance);
        x = std::clamp(x, 0, MaxPlace);
        y = std::clamp(y, 0, MaxPlace);
        self.m_came([x, y](InputSink &sink) { sink.position(x, y); });
        self.takeButtons(buttons);
    };
    tablet.wheel = [](SpiceTabletInstance *instance, int steps, std::uint32_t buttons) {
        of<Tablet>(instance).takeWheel(steps);
        of<Tablet>(instance).takeButtons(buttons);
    };
    tablet.buttons = [](SpiceTabletInstance *instance, std::uint32_t buttons) {
        of<Tablet>(instance).takeButtons(buttons);
    };

    m_keyboard.self = m_mouse.self = m_tablet.self = this;
    add(m_server, m_keyboard.instance.base);
    add(m_server, m_mouse.instance.base);
}

void InputChannel::setPointerMode(PointerMode mode)
{
    const bool isWanted = mode == PointerMode::Absolute;
    if (isWanted == m_hasTablet)
        return;
    m_hasTablet = isWanted;
    if (isWanted)
        add(m_server, m_tablet.instance.base);
    else
        spice_server_remove_interface(&m_tablet.instance.base);
    // A tablet is better than the agent's pointer, which knows X only.
    spice_server_set_agent_mouse(m_server, isWanted ? 0 : 1);
}

void InputChannel::setLockLights(LockLights lights)
{
    const auto leds = std::uint8_t((lights.scrollLock ? SPICE_KEYBOARD_MODIFIER_FLAGS_SCROLL_LOCK : 0)
                                   | (lights.numLock ? SPICE_KEYBOARD_MODIFIER_FLAGS_NUM_LOCK : 0)
                                   | (lights.capsLock ? SPICE_KEYBOARD_MODIFIER_FLAGS_CAPS_LOCK
                                                      : 0));
    if (leds == m_leds)
        return;
    m_leds = leds;
    spice_server_kbd_leds(&m_keyboard.instance, leds);
}

// Scan code set 1, byte by byte: a prefix, make codes, and break codes with the highest bit set.
// Pause alone has two bytes after its prefix, and no other key has that one.
void InputChannel::takeScanByte(std::uint8_t byte)
{
    if (byte == ExtendedPrefix || byte == PausePrefix) {
        m_prefix = byte;
        m_pauseBytes = 0;
        return;
    }
    const KeyMotion motion = (byte & BreakBit) != 0 ? KeyMotion::Release : KeyMotion::Press;
    auto code = ScanCode(byte & ~BreakBit);
    if (m_prefix == PausePrefix) {
        if (++m_pauseBytes < 2)
            return;
        m_prefix = 0;
        if (code != PauseEnd)
            return;
        code = ScanCodePause;
    } else if (std::exchange(m_prefix, std::uint8_t(0)) == ExtendedPrefix) {
        // Clients know Pause as the one key that it shares with Break, which has a release as well.
        code = code == BreakCode ? ScanCodePause : ScanCode(code | ScanCodeExtended);
    }
    if ((code & 0x7f) != 0)
        m_came([code, motion](InputSink &sink) { sink.key(code, motion); });
}

void InputChannel::takeButtons(std::uint32_t buttons)
{
    const std::uint32_t changed = std::exchange(m_buttons, buttons) ^ buttons;
    for (const auto &[bit, button] : Buttons) {
        if ((changed & bit) == 0)
            continue;
        const KeyMotion motion = (buttons & bit) != 0 ? KeyMotion::Press : KeyMotion::Release;
        m_came([which = button, motion](InputSink &sink) { sink.button(which, motion); });
    }
}

// One notch at a time; below zero is away from the user.
void InputChannel::takeWheel(int steps)
{
    if (steps == 0)
        return;
    const PointerButton button = steps < 0 ? PointerButton::WheelUp : PointerButton::WheelDown;
    m_came([button](InputSink &sink) {
        sink.button(button, KeyMotion::Press);
        sink.button(button, KeyMotion::Release);
    });
}

} // namespace engine::spice
