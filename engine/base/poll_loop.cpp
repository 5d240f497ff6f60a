// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/poll_loop.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>

#include <sys/eventfd.h>
#include <sys/prctl.h>

namespace engine {

int PollSet::add(int descriptor, short events)
{
    m_descriptors.push_back({descriptor, events, 0});
    return int(m_descriptors.size()) - 1;
}

short PollSet::revents(int index) const
{
    if (index < 0 || std::size_t(index) >= m_descriptors.size())
        return 0;
    return m_descriptors[std::size_t(index)].revents;
}

void PollSet::wakeBy(PollClock::time_point time)
{
    if (!m_wakeTime || time < *m_wakeTime)
        m_wakeTime = time;
}

Result<std::unique_ptr<PollLoop>> PollLoop::start(std::string name)
{
    Fd wakeUp(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wakeUp.isOpen())
        return Error(ErrorKind::Io,
                     "Cannot start the thread \"" + name + "\": " + std::strerror(errno));
    return std::unique_ptr<PollLoop>(new PollLoop(std::move(name), std::move(wakeUp)));
}

PollLoop::PollLoop(std::string name, Fd wakeUp)
    : m_name(std::move(name))
    , m_wakeUp(std::move(wakeUp))
    , m_thread([this]() noexcept { loop(); })
{ }

PollLoop::~PollLoop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    post([] {});
    m_thread.join();
    check(std::all_of(m_sources.begin(), m_sources.end(), [](auto *source) { return !source; }),
          "a source outlives its loop");
}

void PollLoop::post(std::function<void()> function)
{
    {
        const std::lock_guard lock(m_mutex);
        m_posted.push_back(std::move(function));
    }
    // A full counter means that the loop is awake already.
    [[maybe_unused]] const int woken = ::eventfd_write(m_wakeUp.get(), 1);
}

void PollLoop::run(const std::function<void()> &function)
{
    check(!isOwnThread(), "a loop waits for itself");
    std::mutex mutex;
    std::condition_variable condition;
    bool isDone = false;
    post([&] {
        function();
        const std::lock_guard lock(mutex);
        isDone = true;
        condition.notify_one();
    });
    std::unique_lock lock(mutex);
    condition.wait(lock, [&] { return isDone; });
}

void PollLoop::add(PollSource *source)
{
    m_sources.push_back(source);
}

void PollLoop::remove(PollSource *source)
{
    std::replace(m_sources.begin(), m_sources.end(), source, static_cast<PollSource *>(nullptr));
}

void PollLoop::loop() noexcept
{
    ::prctl(PR_SET_NAME, m_name.c_str());
    // Signals are the main thread's; a write to a connection that is gone is an error, no signal.
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (runPosted())
        round();
}

bool PollLoop::runPosted()
{
    std::vector<std::function<void()>> posted;
    bool isEnding = false;
    {
        const std::lock_guard lock(m_mutex);
        posted.swap(m_posted);
        isEnding = m_isEnding;
    }
    for (const std::function<void()> &function : posted)
        function();
    return !isEnding;
}

void PollLoop::round()
{
    m_sources.erase(std::remove(m_sources.begin(), m_sources.end(), nullptr), m_sources.end());
    PollSet set;
    const int wakeUp = set.add(m_wakeUp.get(), POLLIN);
    // By index: handling one source may add or remove others. Who came after the sleep was not
    // asked for descriptors.
    const std::size_t count = m_sources.size();
    for (std::size_t i = 0; i < count; ++i)
        if (m_sources[i])
            m_sources[i]->preparePoll(set);

    timespec timeout = {};
    if (set.m_wakeTime) {
        const auto left = std::max(PollClock::duration::zero(), *set.m_wakeTime - PollClock::now());
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        timeout.tv_sec = seconds.count();
        timeout.tv_nsec = std::chrono::nanoseconds(left - seconds).count();
    }
    if (::ppoll(set.m_descriptors.data(), nfds_t(set.m_descriptors.size()),
                set.m_wakeTime ? &timeout : nullptr, nullptr)
        < 0) {
        for (pollfd &descriptor : set.m_descriptors)
            descriptor.revents = 0;
    }
    if (set.revents(wakeUp) != 0) {
        eventfd_t ignored = 0;
        [[maybe_unused]] const int read = ::eventfd_read(m_wakeUp.get(), &ignored);
    }
    for (std::size_t i = 0; i < count; ++i)
        if (m_sources[i])
            m_sources[i]->handlePoll(set);
}

} // namespace engine
