// SPDX-License-Identifier: GPL-3.0-or-later
// A limit in bytes per second that lets a tenth of a second's worth through at once. A frame may go
// while anything is left, and what it takes too much is waited for afterwards: the average is exact
// for frames of any size. A value; the clock is the caller's.
#pragma once

#include "engine/net/net_loop.h"

#include <algorithm>
#include <cstdint>

namespace engine::net {

class TokenBucket final
{
public:
    // 0: no limit.
    void setRate(std::uint64_t bytesPerSecond, Clock::time_point now)
    {
        m_rate = double(bytesPerSecond);
        m_left = burst();
        m_time = now;
    }
    bool isReady(Clock::time_point now) const { return m_rate == 0 || leftAt(now) > 0; }
    void take(std::size_t bytes, Clock::time_point now)
    {
        if (m_rate == 0)
            return;
        m_left = leftAt(now) - double(bytes);
        m_time = std::max(m_time, now);
    }
    // When isReady() turns true, at the earliest `now`.
    Clock::time_point readyTime(Clock::time_point now) const
    {
        const double left = m_rate == 0 ? 1 : leftAt(now);
        if (left > 0)
            return now;
        // One byte more than nothing, so that it is there when the time has come.
        const std::chrono::duration<double> wait((1 - left) / m_rate);
        return now + std::chrono::ceil<Clock::duration>(wait);
    }

private:
    double burst() const { return m_rate / 10; }
    double leftAt(Clock::time_point now) const
    {
        const std::chrono::duration<double> passed =
            std::max(Clock::duration::zero(), now - m_time);
        return std::min(burst(), m_left + passed.count() * m_rate);
    }

    double m_rate = 0;
    double m_left = 0;
    Clock::time_point m_time{};
};

} // namespace engine::net
