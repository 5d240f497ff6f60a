// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/library_loop.h"

#include "engine/base/result.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace engine::spice {

struct LibraryLoop::Watch
{
    int descriptor = -1;
    int events = 0;
    SpiceWatchFunc function = nullptr;
    void *context = nullptr;
    bool isDoor = false; // others connect to it
    bool isGone = false;
    int pollIndex = -1;
};

struct LibraryLoop::Timer
{
    SpiceTimerFunc function = nullptr;
    void *context = nullptr;
    std::optional<PollClock::time_point> due;
    bool isGone = false;
};

namespace {

LibraryLoop *theLoop = nullptr;

bool isListening(int descriptor)
{
    int value = 0;
    socklen_t size = sizeof(value);
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
}

// What the library calls watches and timers are ours; it never looks inside.
template <class Ours, class Theirs>
Ours *ours(Theirs *handle)
{
    return static_cast<Ours *>(static_cast<void *>(handle));
}
template <class Theirs, class Ours>
Theirs *theirs(Ours *object)
{
    return static_cast<Theirs *>(static_cast<void *>(object));
}

} // namespace

LibraryLoop::LibraryLoop(PollLoop &loop,
                         std::function<void(int, SpiceChannelEventInfo *)> channelEvent)
    : m_loop(loop)
    , m_channelEvent(std::move(channelEvent))
{
    check(theLoop == nullptr, "one SPICE server at a time");
    theLoop = this;
    m_interface.base.type = SPICE_INTERFACE_CORE;
    m_interface.base.description = "vitrine";
    m_interface.base.major_version = SPICE_INTERFACE_CORE_MAJOR;
    m_interface.base.minor_version = SPICE_INTERFACE_CORE_MINOR;
    m_interface.timer_add = [](SpiceTimerFunc function, void *context) {
        return theirs<SpiceTimer>(theLoop->addTimer(function, context));
    };
    m_interface.timer_start = [](SpiceTimer *timer, std::uint32_t milliseconds) {
        ours<Timer>(timer)->due = PollClock::now() + std::chrono::milliseconds(milliseconds);
    };
    m_interface.timer_cancel = [](SpiceTimer *timer) { ours<Timer>(timer)->due.reset(); };
    m_interface.timer_remove = [](SpiceTimer *timer) {
        if (timer == nullptr)
            return;
        ours<Timer>(timer)->due.reset();
        ours<Timer>(timer)->isGone = true;
    };
    m_interface.watch_add = [](int descriptor, int events, SpiceWatchFunc function, void *context) {
        return theirs<SpiceWatch>(theLoop->addWatch(descriptor, events, function, context));
    };
    m_interface.watch_update_mask = [](SpiceWatch *watch, int events) {
        ours<Watch>(watch)->events = events;
    };
    m_interface.watch_remove = [](SpiceWatch *watch) {
        if (watch != nullptr)
            ours<Watch>(watch)->isGone = true;
    };
    m_interface.channel_event = [](int event, SpiceChannelEventInfo *info) {
        theLoop->m_channelEvent(event, info);
    };
    m_loop.add(this);
}

LibraryLoop::~LibraryLoop()
{
    m_loop.remove(this);
    theLoop = nullptr;
}

LibraryLoop::Watch *LibraryLoop::addWatch(int descriptor, int events, SpiceWatchFunc function,
                                          void *context)
{
    m_watches.push_back({.descriptor = descriptor,
                         .events = events,
                         .function = function,
                         .context = context,
                         .isDoor = isListening(descriptor)});
    return &m_watches.back();
}

LibraryLoop::Timer *LibraryLoop::addTimer(SpiceTimerFunc function, void *context)
{
    m_timers.push_back({.function = function, .context = context, .due = {}});
    return &m_timers.back();
}

void LibraryLoop::sweep()
{
    m_watches.remove_if([](const Watch &watch) { return watch.isGone; });
    m_timers.remove_if([](const Timer &timer) { return timer.isGone; });
}

void LibraryLoop::preparePoll(PollSet &set)
{
    sweep();
    const bool isFull = std::count_if(m_watches.cbegin(), m_watches.cend(),
                                      [](const Watch &watch) { return !watch.isDoor; })
        >= MaxConnections;
    for (Watch &watch : m_watches) {
        const bool isAsked = watch.events != 0 && !(watch.isDoor && isFull);
        watch.pollIndex = isAsked
            ? set.add(watch.descriptor,
                      short(((watch.events & SPICE_WATCH_EVENT_READ) != 0 ? POLLIN : 0)
                            | ((watch.events & SPICE_WATCH_EVENT_WRITE) != 0 ? POLLOUT : 0)))
            : -1;
    }
    for (const Timer &timer : m_timers)
        if (timer.due)
            set.wakeBy(*timer.due);
}

template <class Call>
void LibraryLoop::enter(Call call)
{
    m_thread = ::gettid();
    m_isInside = true;
    call();
    m_isInside = false;
}

// The functions add and remove watches and timers: a list keeps its places, and who is gone stays
// in it.
void LibraryLoop::handlePoll(const PollSet &set)
{
    for (Watch &watch : m_watches) {
        const int came = set.revents(std::exchange(watch.pollIndex, -1));
        int events = (came & (POLLIN | POLLHUP | POLLERR)) != 0 ? SPICE_WATCH_EVENT_READ : 0;
        events |= (came & (POLLOUT | POLLHUP | POLLERR)) != 0 ? SPICE_WATCH_EVENT_WRITE : 0;
        events &= watch.events;
        if (events != 0 && !watch.isGone)
            enter([&] { watch.function(watch.descriptor, events, watch.context); });
    }
    const PollClock::time_point now = PollClock::now();
    for (Timer &timer : m_timers) {
        if (!timer.due || *timer.due > now || timer.isGone)
            continue;
        timer.due.reset();
        enter([&timer] { timer.function(timer.context); });
    }
}

bool LibraryLoop::isStuck() const
{
    if (!m_isInside)
        return false;
    // The state follows the name, which is in parentheses (proc(5), /proc/pid/stat).
    std::ifstream file("/proc/self/task/" + std::to_string(m_thread) + "/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t end = line.rfind(')');
    return end != std::string::npos && end + 2 < line.size() && line[end + 2] == 'S' && m_isInside;
}

} // namespace engine::spice
