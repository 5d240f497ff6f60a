// SPDX-License-Identifier: GPL-3.0-or-later
// The library's timers and watched descriptors on a PollLoop: spice-server's SpiceCoreInterface
// (spice-core.h). One at a time; on the loop's thread only.
#pragma once

#include "engine/base/poll_loop.h"

#include <functional>
#include <list>

#include <spice.h>

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

    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

private:
    struct Watch;
    struct Timer;

    Watch *addWatch(int descriptor, int events, SpiceWatchFunc function, void *context);
    Timer *addTimer(SpiceTimerFunc function, void *context);
    void sweep();

    PollLoop &m_loop;
    const std::function<void(int, SpiceChannelEventInfo *)> m_channelEvent;
    SpiceCoreInterface m_interface = {};
    std::list<Watch> m_watches; // who was removed stays until no callback is under way
    std::list<Timer> m_timers;
};

} // namespace engine::spice
