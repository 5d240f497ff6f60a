// SPDX-License-Identifier: GPL-3.0-or-later
// Keys, pointer and gamepad going into a guest. Seam between a view and an engine (or SPICE).
// All calls come on the view's thread and return at once.
#pragma once

#include "engine/host/gamepad.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace engine {

// A key as the PC's scan code set 1 names it (IBM PS/2 Hardware Interface Technical Reference,
// "Keyboard scan codes"): the low byte is the make code; Extended marks the E0-prefixed ones.
// Pause is E1 1D 45 and has its own value.
using ScanCode = std::uint16_t;
inline constexpr ScanCode ScanCodeExtended = 0x100;
inline constexpr ScanCode ScanCodePause = 0x21d;

enum class KeyMotion : std::uint8_t { Press, Release };

// The wheel's are pressed and released once a notch. WheelLeft and WheelRight go no further than
// what the guest's pointing device has; a sink drops what it cannot send.
enum class PointerButton : std::uint8_t {
    Left,
    Middle,
    Right,
    WheelUp,
    WheelDown,
    Side,
    Extra,
    WheelLeft,
    WheelRight,
};

enum class PointerMode : std::uint8_t {
    Absolute, // the guest has a tablet: host and guest pointer are the same thing
    Relative, // the pointer must be captured; motion() applies
};

struct LockLights
{
    bool capsLock = false;
    bool numLock = false;
    bool scrollLock = false;

    bool operator==(const LockLights &) const = default;
};

class InputSink
{
public:
    virtual ~InputSink() = default;
    // What the guest's keyboard shows; nullopt where that is not known.
    virtual std::optional<LockLights> lockLights() const { return std::nullopt; }
    virtual void key(ScanCode code, KeyMotion motion) = 0;
    virtual void button(PointerButton button, KeyMotion motion) = 0;
    virtual void position(int x, int y) = 0; // guest pixels, Absolute mode
    // The same on one of several monitors, in its own pixels; position() is on the first.
    virtual void positionOn(unsigned monitor, int x, int y)
    {
        if (monitor == 0)
            position(x, y);
    }
    virtual void motion(int dx, int dy) = 0; // guest counts, Relative mode
    virtual PointerMode pointerMode() const = 0;
    // The host's lock lights, at focus-in: the guest's become the same. Scroll Lock is the guest's
    // own.
    virtual void setLockLights(bool capsLock, bool numLock) = 0;
    // A gamepad of this computer is the view's: the guest gets one like it, if it can have one, and
    // is shown what hands do with it. A sink without one does nothing.
    virtual void plugGamepad(const std::string &) { } // its name, for people
    virtual void moveGamepad(const GamepadState &) { }
    virtual void unplugGamepad() { }
    // Called when pointerMode() or lockLights() became another, on any thread and possibly with a
    // device's lock held: it only takes a note and posts. One at a time, empty: nobody; after the
    // call returns the old one is not called. A sink that is told by its connection has none.
    virtual void setChangeListener(std::function<void()>) { }
};

} // namespace engine
