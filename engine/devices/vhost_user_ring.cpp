// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vhost_user_ring.h"

#include "engine/base/log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

namespace engine::vhost_user {

namespace {

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
    std::unique_lock lock(m_mutex);
    while (!m_isEnding) {
        if (!m_isRunning) {
            m_changed.wait(lock);
        } else if (const auto chain = m_queue.pop()) {
            ++m_busy;
            m_changed.notify_one(); // for the next one, or to wait for it
            lock.unlock();
            const std::vector<iovec> request = toPieces(chain->readable);
            const std::vector<iovec> reply = toPieces(chain->writable);
            const std::size_t written = m_server.handle(request, reply);
            lock.lock();
            m_queue.push(chain->head, written);
            if (m_queue.takeInterrupt())
                ring(m_call);
            --m_busy;
            m_idle.notify_all();
        } else if (m_queue.isBroken()) {
            tellBroken();
            m_changed.wait(lock);
        } else if (m_hasWaiter) {
            m_changed.wait(lock);
        } else {
            waitForDoorbell(lock);
        }
    }
}

void Ring::waitForDoorbell(std::unique_lock<std::mutex> &lock)
{
    m_hasWaiter = true;
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
    m_hasWaiter = false;
    m_idle.notify_all();
}

void Ring::tellBroken()
{
    if (!m_isTold && m_queue.brokenBy())
        log(LogLevel::Debug, "share",
            std::string("The guest's driver broke a queue: ") + m_queue.brokenBy());
    m_isTold = true;
}

} // namespace engine::vhost_user
