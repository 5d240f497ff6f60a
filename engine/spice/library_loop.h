// SPDX-License-Identifier: GPL-3.0-or-later
// The library's timers and watched descriptors on a PollLoop: spice-server's SpiceCoreInterface
// (spice-core.h). One at a time; on the loop's thread only.
#pragma once

#include "engine/base/poll_loop.h"

#include <atomic>
#include <functional>
#include <list>

#include <spice.h>
#include <sys/types.h>

namespace engine::spice {

class LibraryLoop final : public PollSource
{
public:
    // More connections than this wait at the door: nobody who has no password uses up this
    // process's descriptors.
    static constexpr int MaxConnections = 64;

    // `channelEvent`: the library's word about a channel of a client, SPICE_CHANNEL_EVENT_...
    LibraryLoop(PollLoop &loop, std::function<void(int, SpiceChannelEventInfo *)> channelEvent);
    ~LibraryLoop() override; // the library has given everything back

    SpiceCoreInterface *coreInterface() { return &m_interface; }

    // Whether the loop's thread sleeps inside the library, which it does while it waits for the
    // drawing thread. Any thread.
    bool isStuck() const;

    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

private:
    struct Watch;
    struct Timer;

    Watch *addWatch(int descriptor, int events, SpiceWatchFunc function, void *context);
    Timer *addTimer(SpiceTimerFunc function, void *context);
    void sweep();
    template <class Call>
    void enter(Call call);

    PollLoop &m_loop;
    const std::function<void(int, SpiceChannelEventInfo *)> m_channelEvent;
    SpiceCoreInterface m_interface = {};
    std::list<Watch> m_watches; // who was removed stays until no callback is under way
    std::list<Timer> m_timers;
    std::atomic<bool> m_isInside = false; // the library
    std::atomic<pid_t> m_thread = 0;
};

} // namespace engine::spice
