// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/refresh_policy.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

constexpr GuestTime PromptTime = std::chrono::milliseconds(60); // for a guest to answer a key
constexpr GuestTime SteadyTime = std::chrono::milliseconds(100); // from picture to picture
constexpr GuestTime AwakeTime = std::chrono::seconds(1);

} // namespace

void RefreshPolicy::expectChange(GuestTime now)
{
    m_promptUntil = now + PromptTime;
    m_interval = Soonest;
    m_next = std::min(m_next, now);
}

void RefreshPolicy::looked(GuestTime now, Look look)
{
    if (look.isChanged && wantsLog()) {
        const bool isSteady = now - m_lastChange < SteadyTime;
        m_denseLooks = !look.isDense ? 0 : isSteady ? m_denseLooks + 1 : 1;
    }
    if (wantsLog())
        m_lastDifference = now;
    if (look.isChanged) {
        m_credit = std::max(m_credit, now) + FrameTime;
        m_lastChange = now;
        m_interval = 2 * Soonest;
    } else {
        const GuestTime longest = now - m_lastChange < AwakeTime ? FrameTime : IdleTime;
        m_interval = std::min(2 * m_interval, longest);
    }
    m_next = std::max(now + (now < m_promptUntil ? Soonest : m_interval), nextPush());
}

void RefreshPolicy::sampled(GuestTime now, std::uint64_t checksum)
{
    if (std::exchange(m_checksum, checksum) != checksum)
        m_lastDifference = now;
    else if (now - m_lastDifference >= QuietTime)
        m_denseLooks = 0;
}

} // namespace engine
