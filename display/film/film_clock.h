// SPDX-License-Identifier: GPL-3.0-or-later
// The time of a film, which goes on while the machine runs: pictures and sound both go by it. Any
// thread.
#pragma once

#include <chrono>
#include <mutex>

namespace display {

class FilmClock final
{
public:
    using Steady = std::chrono::steady_clock;

    void setRunning(bool isRunning)
    {
        const std::lock_guard lock(m_mutex);
        if (isRunning == m_isRunning)
            return;
        const Steady::time_point now = Steady::now();
        if (m_isRunning)
            m_passed += now - m_since;
        m_since = now;
        m_isRunning = isRunning;
    }
    bool isRunning() const
    {
        const std::lock_guard lock(m_mutex);
        return m_isRunning;
    }
    std::chrono::microseconds now() const
    {
        const std::lock_guard lock(m_mutex);
        const Steady::duration all =
            m_isRunning ? m_passed + (Steady::now() - m_since) : m_passed;
        return std::chrono::duration_cast<std::chrono::microseconds>(all);
    }

private:
    mutable std::mutex m_mutex;
    bool m_isRunning = false;
    Steady::time_point m_since;
    Steady::duration m_passed{0};
};

} // namespace display
