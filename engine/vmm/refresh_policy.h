// SPDX-License-Identifier: GPL-3.0-or-later
// When to look for what the guest drew, and how. Pure arithmetic on times; one thread.
//
// A look costs next to nothing when nothing was drawn, but every page that was drawn on costs the
// guest a fault at its next write. So: at once and often after input and after drawing, ever
// rarer when nothing happens, and never more pictures than a screen shows, but for a few in a row
// after a rest: the first sign of an answer should not wait. A guest that draws most of its screen
// all the time is not logged at all; it is shown whole, until samples of it stay the same.
#pragma once

#include "engine/base/guest_clock.h"

namespace engine {

class RefreshPolicy final
{
public:
    static constexpr GuestTime Soonest = std::chrono::milliseconds(1);
    static constexpr GuestTime FrameTime = std::chrono::microseconds(16'000); // a bit over 60 Hz
    static constexpr GuestTime IdleTime = std::chrono::milliseconds(32);
    static constexpr int Burst = 3; // pictures in a row after a rest
    static constexpr int DenseLooks = 10; // until the log is given up
    static constexpr GuestTime QuietTime = std::chrono::seconds(1);

    // An answer to input is about to be drawn.
    void expectChange(GuestTime now);

    // The picture may be shown again; a look before would only have to wait.
    GuestTime nextPush() const { return m_credit - (Burst - 1) * FrameTime; }
    bool mayPush(GuestTime now) const { return now >= nextPush(); }

    struct Look
    {
        bool isChanged = false; // something was pushed
        bool isDense = false; // most of the screen was drawn on
    };
    void looked(GuestTime now, Look look);
    GuestTime nextLook() const { return m_next; }

    // Whether the guest's writes are to be logged; if not, every look takes a sample instead.
    bool wantsLog() const { return m_denseLooks < DenseLooks; }
    void sampled(GuestTime now, std::uint64_t checksum);

private:
    GuestTime m_credit = {}; // when all pushes up to now are paid for
    GuestTime m_promptUntil = {};
    GuestTime m_lastChange = {};
    GuestTime m_interval = Soonest;
    GuestTime m_next = {};
    int m_denseLooks = 0;
    std::uint64_t m_checksum = 0;
    GuestTime m_lastDifference = {};
};

} // namespace engine
