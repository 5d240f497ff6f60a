// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that waits for descriptors and times: "io" carries a machine's timers, disks and serial
// ports, "network" its frames. Sources name their descriptors anew before each sleep, as libslirp
// wants it (slirp_pollfds_fill).
//
// post() and run() may be called on any thread, everything else on the loop's own.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>

namespace engine {

using PollClock = std::chrono::steady_clock;

// One round's descriptors and the time by which to wake at the latest.
class PollSet final
{
public:
    // The index is good for this round. `events` as for poll(2).
    int add(int descriptor, short events);
    short revents(int index) const; // 0 for an index below 0
    void wakeBy(PollClock::time_point time);

private:
    friend class PollLoop;
    std::vector<pollfd> m_descriptors;
    std::optional<PollClock::time_point> m_wakeTime;
};

class PollSource
{
public:
    virtual ~PollSource() = default;
    virtual void preparePoll(PollSet &set) = 0;
    virtual void handlePoll(const PollSet &set) = 0;
};

class PollLoop final
{
public:
    // At most 15 bytes of `name` show in the system's thread lists (prctl(2), PR_SET_NAME).
    static Result<std::unique_ptr<PollLoop>> start(std::string name);
    ~PollLoop(); // what was posted runs first; every source must be gone by then

    void post(std::function<void()> function);
    // Runs it on the loop's thread and waits for its end. Not on that thread itself.
    void run(const std::function<void()> &function);
    bool isOwnThread() const { return std::this_thread::get_id() == m_thread.get_id(); }

    // Takes effect with the next round. A source that goes away removes itself first.
    void add(PollSource *source);
    void remove(PollSource *source);

private:
    PollLoop(std::string name, Fd wakeUp);
    void loop() noexcept;
    void round();
    bool runPosted(); // false: the end was asked for

    std::string m_name;
    Fd m_wakeUp;
    std::mutex m_mutex; // for the two below
    std::vector<std::function<void()>> m_posted;
    bool m_isEnding = false;
    std::vector<PollSource *> m_sources; // a removed one leaves a gap until the next round
    std::thread m_thread;
};

} // namespace engine
