// SPDX-License-Identifier: GPL-3.0-or-later
// Time as a device sees it: injected, so that chips can be tested without waiting.
//
// now() is the machine's own time: it stands still while the machine is paused, and a saved state
// carries it on. Any thread. A timer's function is called on the machine's io thread with `lock`
// held, so a chip needs no lock of its own; arm() and disarm() are called with that lock held too.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace engine {

using GuestTime = std::chrono::nanoseconds; // since the machine was first switched on

class Timer
{
public:
    virtual ~Timer() = default; // with the lock held, or after the io thread has ended
    // Once, at that time or soon after; a time that has passed means at once. Replaces an older
    // one.
    virtual void arm(GuestTime deadline) = 0;
    virtual void disarm() = 0;
    virtual std::optional<GuestTime> deadline() const = 0; // nullopt: not armed
};

class GuestClock
{
public:
    virtual ~GuestClock() = default;
    virtual GuestTime now() const = 0;
    // The host's time of day since 1970-01-01 UTC: goes on while the machine is paused.
    virtual std::chrono::nanoseconds wallTime() const = 0;
    virtual std::unique_ptr<Timer> makeTimer(std::mutex &lock, std::function<void()> expired) = 0;
};

} // namespace engine
