// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's time on the host's monotonic clock, and its timers on the io loop. Stands still
// until started and while stopped.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/base/poll_loop.h"

#include <set>

namespace engine {

class VmClock final : public GuestClock, public PollSource
{
public:
    explicit VmClock(PollLoop &loop); // adds itself
    ~VmClock() override; // detached, and every timer is gone
    // From now on nothing expires: before the first timer goes away. Not on the loop's thread.
    void detach();

    GuestTime now() const override;
    std::chrono::nanoseconds wallTime() const override;
    std::unique_ptr<Timer> makeTimer(std::mutex &lock, std::function<void()> expired) override;

    void start();
    void stop();
    void setTime(GuestTime time); // stopped only

    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

private:
    class ClockTimer;
    GuestTime nowLocked() const;

    PollLoop &m_loop;
    bool m_isDetached = false;
    mutable std::mutex m_mutex; // after a device's lock
    bool m_isRunning = false;
    GuestTime m_stoppedAt = {}; // the time while stopped
    PollClock::time_point m_zero; // while running: when the machine's time was 0
    std::set<std::pair<GuestTime, ClockTimer *>> m_armed;
};

} // namespace engine
