// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/net_loop.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>

#include <sys/eventfd.h>
#include <sys/prctl.h>

namespace engine::net {

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

void PollSet::wakeBy(Clock::time_point time)
{
    if (!m_wakeTime || time < *m_wakeTime)
        m_wakeTime = time;
}

Result<std::unique_ptr<NetLoop>> NetLoop::start()
{
    Fd wakeUp(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wakeUp.isOpen())
        return Error(ErrorKind::Io,
                     std::string("Cannot start the network: ") + std::strerror(errno));
    return std::unique_ptr<NetLoop>(new NetLoop(std::move(wakeUp)));
}

NetLoop::NetLoop(Fd wakeUp)
    : m_wakeUp(std::move(wakeUp))
    , m_thread([this]() noexcept { loop(); })
{ }

NetLoop::~NetLoop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    post([] {});
    m_thread.join();
    check(std::all_of(m_sources.begin(), m_sources.end(), [](auto *source) { return !source; }),
          "a network outlives its thread");
}

void NetLoop::post(std::function<void()> function)
{
    {
        const std::lock_guard lock(m_mutex);
        m_posted.push_back(std::move(function));
    }
    // A full counter means that the loop is awake already.
    [[maybe_unused]] const int woken = ::eventfd_write(m_wakeUp.get(), 1);
}

void NetLoop::run(const std::function<void()> &function)
{
    check(std::this_thread::get_id() != m_thread.get_id(), "the network thread waits for itself");
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

void NetLoop::add(PollSource *source)
{
    m_sources.push_back(source);
}

void NetLoop::remove(PollSource *source)
{
    std::replace(m_sources.begin(), m_sources.end(), source, static_cast<PollSource *>(nullptr));
}

void NetLoop::loop() noexcept
{
    ::prctl(PR_SET_NAME, "network");
    // Signals are the main thread's; a write to a connection that is gone is an error, no signal.
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (runPosted())
        round();
}

bool NetLoop::runPosted()
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

void NetLoop::round()
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
        const auto left = std::max(Clock::duration::zero(), *set.m_wakeTime - Clock::now());
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

} // namespace engine::net
