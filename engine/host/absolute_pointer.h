// SPDX-License-Identifier: GPL-3.0-or-later
// A tablet in the guest: a pointing device that names places instead of ways. Implemented by the
// device (virtio-input, later a USB tablet), used by whoever has the host's pointer.
//
// Any thread; the implementation takes its device's lock itself. While it is not ready, and while
// the guest is slow, it drops what it has no room for; it never waits.
#pragma once

#include "engine/host/input_sink.h"

#include <cstdint>
#include <functional>

namespace engine {

class AbsolutePointer
{
public:
    static constexpr std::uint16_t Maximum = 32767; // the right and bottom edge; the others are 0

    virtual ~AbsolutePointer() = default;

    // A driver in the guest is listening.
    virtual bool isReady() const = 0;
    // Called with the device's lock held when isReady() becomes another, on any thread: it only
    // takes a note and posts. Set before the machine runs; an empty function: nobody.
    virtual void setReadyListener(std::function<void()> readyChanged) = 0;

    // Each call is one report to the guest.
    virtual void moveTo(std::uint16_t x, std::uint16_t y) = 0;
    // Left, Middle, Right, Side and Extra; the wheels are turnWheel()'s.
    virtual void setButton(PointerButton button, KeyMotion motion) = 0;
    // In notches: to the right and away from the user when positive.
    virtual void turnWheel(int right, int up) = 0;
};

} // namespace engine
