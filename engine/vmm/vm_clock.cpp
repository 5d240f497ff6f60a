// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/vm_clock.h"

#include "engine/base/result.h"

#include <utility>

namespace engine {

class VmClock::ClockTimer final : public Timer
{
public:
    ClockTimer(VmClock &clock, std::mutex &lock, std::function<void()> expired)
        : m_clock(clock)
        , m_lock(lock)
        , m_expired(std::move(expired))
    { }
    ~ClockTimer() override { disarm(); }

    void arm(GuestTime deadline) override
    {
        bool isFirst = false;
        {
            const std::lock_guard lock(m_clock.m_mutex);
            if (m_deadline)
                m_clock.m_armed.erase({*m_deadline, this});
            m_deadline = deadline;
            m_clock.m_armed.insert({deadline, this});
            isFirst = m_clock.m_isRunning && m_clock.m_armed.begin()->second == this;
        }
        // The loop sleeps until the deadline that was first so far.
        if (isFirst && !m_clock.m_loop.isOwnThread())
            m_clock.m_loop.post([] {});
    }

    void disarm() override
    {
        const std::lock_guard lock(m_clock.m_mutex);
        if (m_deadline)
            m_clock.m_armed.erase({*m_deadline, this});
        m_deadline.reset();
    }

    std::optional<GuestTime> deadline() const override
    {
        const std::lock_guard lock(m_clock.m_mutex);
        return m_deadline;
    }

    VmClock &m_clock;
    std::mutex &m_lock;
    std::function<void()> m_expired;
    std::optional<GuestTime> m_deadline; // the clock's mutex
};

VmClock::VmClock(PollLoop &loop)
    : m_loop(loop)
{
    m_loop.run([this] { m_loop.add(this); });
}

VmClock::~VmClock()
{
    check(m_armed.empty(), "a timer outlives its clock");
    detach();
}

void VmClock::detach()
{
    if (!std::exchange(m_isDetached, true))
        m_loop.run([this] { m_loop.remove(this); });
}

GuestTime VmClock::nowLocked() const
{
    return m_isRunning ? std::chrono::duration_cast<GuestTime>(PollClock::now() - m_zero)
                       : m_stoppedAt;
}

GuestTime VmClock::now() const
{
    const std::lock_guard lock(m_mutex);
    return nowLocked();
}

std::chrono::nanoseconds VmClock::wallTime() const
{
    return std::chrono::system_clock::now().time_since_epoch();
}

std::unique_ptr<Timer> VmClock::makeTimer(std::mutex &lock, std::function<void()> expired)
{
    return std::make_unique<ClockTimer>(*this, lock, std::move(expired));
}

void VmClock::start()
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_isRunning)
            return;
        m_zero = PollClock::now() - m_stoppedAt;
        m_isRunning = true;
    }
    m_loop.post([] {});
}

void VmClock::stop()
{
    const std::lock_guard lock(m_mutex);
    m_stoppedAt = nowLocked();
    m_isRunning = false;
}

void VmClock::setTime(GuestTime time)
{
    const std::lock_guard lock(m_mutex);
    check(!m_isRunning, "the time is set while it runs");
    m_stoppedAt = time;
}

void VmClock::preparePoll(PollSet &set)
{
    const std::lock_guard lock(m_mutex);
    if (m_isRunning && !m_armed.empty())
        set.wakeBy(m_zero + m_armed.begin()->first);
}

void VmClock::handlePoll(const PollSet &)
{
    // One at a time: a timer's function may arm or disarm others. A timer that is always due does
    // not keep the loop from its other work.
    for (int budget = 64; budget > 0; --budget) {
        ClockTimer *timer = nullptr;
        {
            const std::lock_guard lock(m_mutex);
            if (!m_isRunning || m_armed.empty() || m_armed.begin()->first > nowLocked())
                return;
            timer = m_armed.begin()->second;
        }
        const std::lock_guard deviceLock(timer->m_lock);
        {
            // Meanwhile its device may have armed it anew or disarmed it. (It cannot be gone: the
            // clock is detached first.)
            const std::lock_guard lock(m_mutex);
            if (!m_isRunning || !timer->m_deadline || *timer->m_deadline > nowLocked())
                continue;
            m_armed.erase({*timer->m_deadline, timer});
            timer->m_deadline.reset();
        }
        timer->m_expired();
    }
}

} // namespace engine
