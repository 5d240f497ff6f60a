// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vhost_user_ring.h"

#include "engine/base/log.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <poll.h>
#include <unistd.h>

namespace engine::vhost_user {

namespace {

// How often the watcher looks, and how often in vain before it sleeps.
constexpr std::chrono::milliseconds Moment{1};
constexpr unsigned QuietMoments = 16;

std::vector<iovec> toPieces(const virtio::Chain::Pieces &pieces)
{
    std::vector<iovec> all;
    all.reserve(pieces.size());
    for (const std::span<std::uint8_t> piece : pieces)
        all.push_back({piece.data(), piece.size()});
    return all;
}

void ring(const Fd &bell)
{
    const std::uint64_t one = 1;
    if (bell.isOpen() && ::write(bell.get(), &one, sizeof one) < 0 && errno != EAGAIN)
        log(LogLevel::Warning, "share", std::string("An eventfd: ") + std::strerror(errno));
}

} // namespace

Ring::Ring(share::FuseServer &server, Fd wakeUp, unsigned threads)
    : m_server(server)
    , m_wakeUp(std::move(wakeUp))
{
    for (unsigned i = 0; i < threads; ++i)
        m_threads.emplace_back([this] { work(); });
}

Ring::~Ring()
{
    stop();
    {
        const std::scoped_lock lock(m_mutex);
        m_isEnding = true;
        m_changed.notify_all();
    }
    for (std::thread &thread : m_threads)
        thread.join();
}

void Ring::setCall(Fd call)
{
    const std::scoped_lock lock(m_mutex);
    m_call = std::move(call);
    // QEMU says it last: what was answered before rang the one before, or nobody.
    ring(m_call);
}

void Ring::stop()
{
    std::unique_lock lock(m_mutex);
    if (!m_isRunning)
        return;
    m_isRunning = false;
    ring(m_wakeUp);
    m_changed.notify_all();
    m_idle.wait(lock, [this] { return m_busy == 0 && !m_hasWaiter; });
    std::uint64_t count = 0;
    while (::read(m_wakeUp.get(), &count, sizeof count) > 0) { }
    m_position = m_queue.position();
}

void Ring::start(const MappedMemory *memory, std::uint64_t features)
{
    const std::scoped_lock lock(m_mutex);
    if (m_isRunning || !memory || !m_isEnabled || !m_kick.isOpen()
        || m_address.descriptors == 0)
        return;
    m_queue.reset();
    m_queue.setSize(std::uint16_t(std::min<std::uint32_t>(m_size, 65535)));
    m_queue.setFeatures((features & EventIndex) != 0, (features & IndirectDescriptors) != 0);
    m_queue.addresses() = {memory->toGuest(m_address.descriptors),
                           memory->toGuest(m_address.available),
                           memory->toGuest(m_address.used)};
    if (!m_queue.enable(memory->memory())) {
        tellBroken();
        return;
    }
    // Requests that a server before this one took and never answered stay behind.
    m_queue.setPositions(m_position, m_queue.usedIndex());
    m_isTold = false;
    m_isRunning = true;
    m_changed.notify_all();
}

void Ring::work()
{
    bool hasAnswered = false; // who has just done so is awake and may as well wait
    std::unique_lock lock(m_mutex);
    while (!m_isEnding) {
        if (!m_isRunning) {
            m_changed.wait(lock);
        } else if (const auto chain = m_queue.pop()) {
            answer(*chain, lock);
            hasAnswered = true;
            continue;
        } else if (m_queue.isBroken()) {
            tellBroken();
            m_changed.wait(lock);
        } else if (!m_hasWaiter && (hasAnswered || m_busy == m_busyLong)) {
            waitForDoorbell(lock);
        } else if (!m_hasWatcher) {
            watch(lock);
        } else {
            m_changed.wait(lock);
        }
        hasAnswered = false;
    }
}

void Ring::answer(const virtio::Chain &chain, std::unique_lock<std::mutex> &lock)
{
    const std::vector<iovec> request = toPieces(chain.readable);
    const std::vector<iovec> reply = toPieces(chain.writable);
    const unsigned isLong = share::FuseServer::mayTakeLong(request) ? 1 : 0;
    ++m_busy;
    m_busyLong += isLong;
    ++m_taken;
    if (isLong != 0 || m_queue.hasAvailable() || (!m_hasWatcher && !m_hasWaiter))
        m_changed.notify_one();
    lock.unlock();
    const std::size_t written = m_server.handle(request, reply);
    lock.lock();
    m_queue.push(chain.head, written);
    if (m_queue.takeInterrupt())
        ring(m_call);
    --m_busy;
    m_busyLong -= isLong;
    m_idle.notify_all();
}

void Ring::waitForDoorbell(std::unique_lock<std::mutex> &lock)
{
    m_hasWaiter = true; // the queue does not stop before it is false again
    const std::uint16_t position = m_queue.position();
    lock.unlock();
    const bool isThere =
        m_patience.sees([this, position] { return m_queue.availableIndex() != position; });
    lock.lock();
    if (!isThere) {
        m_queue.setNotified(true);
        if (!m_queue.hasAvailable()) {
            pollfd both[] = {{m_kick.get(), POLLIN, 0}, {m_wakeUp.get(), POLLIN, 0}};
            lock.unlock();
            ::poll(both, 2, -1); // interrupted, it looks again
            std::uint64_t count = 0;
            if ((both[0].revents & POLLIN) != 0 && ::read(both[0].fd, &count, sizeof count) < 0)
                count = 0; // somebody else took it
            lock.lock();
        }
        m_queue.setNotified(false);
    }
    m_hasWaiter = false;
    m_idle.notify_all();
}

// Ends when it is woken, has waited for the doorbell itself, or nothing has come for a while.
void Ring::watch(std::unique_lock<std::mutex> &lock)
{
    m_hasWatcher = true;
    std::uint64_t taken = m_taken;
    bool isStuck = false;
    unsigned quietMoments = 0;
    while (!isStuck && quietMoments < QuietMoments
           && m_changed.wait_for(lock, Moment) == std::cv_status::timeout) {
        isStuck = m_busy > 0 && !m_hasWaiter && m_taken == taken;
        quietMoments = m_taken == taken ? quietMoments + 1 : 0;
        taken = m_taken;
    }
    m_hasWatcher = false;
    if (!m_isRunning || m_isEnding)
        return;
    if (isStuck && !m_queue.isBroken())
        waitForDoorbell(lock);
    else if (quietMoments == QuietMoments)
        m_changed.wait(lock);
}

void Ring::tellBroken()
{
    if (!m_isTold && m_queue.brokenBy())
        log(LogLevel::Debug, "share",
            std::string("The guest's driver broke a queue: ") + m_queue.brokenBy());
    m_isTold = true;
}

} // namespace engine::vhost_user
