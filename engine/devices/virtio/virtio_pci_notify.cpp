// SPDX-License-Identifier: GPL-3.0-or-later
// When a virtio device looks into its queues: notifications (VIRTIO 1.1, 4.1.4.4), by register write
// or eventfd, on its loop or where they come, until nothing is left that nobody would tell of.
#include "engine/devices/virtio/virtio_pci.h"

#include <utility>

#include <sys/eventfd.h>

namespace engine::virtio {

namespace {

// How often a queue is looked at in one notification where there is no loop to come back from.
constexpr int DirectRounds = 16;

} // namespace

void VirtioPci::finish(unsigned index)
{
    Virtqueue &ring = m_queues[index].ring;
    if (ring.isBroken())
        needsReset(ring.brokenBy());
    else if (ring.takeInterrupt())
        interruptQueue(index);
}

void VirtioPci::kickAll()
{
    for (unsigned i = 0; i < m_queues.size(); ++i)
        if (m_queues[i].ring.isEnabled())
            kick(i);
}

void VirtioPci::kick(unsigned index)
{
    Queue &queue = m_queues[index];
    if (queue.isKicked || m_hasLeft)
        return;
    queue.isKicked = true;
    if (m_loop) {
        m_loop->post([this, index] { handleKick(index); });
        return;
    }
    for (int i = 0; i < DirectRounds && isLive() && queue.ring.isEnabled(); ++i)
        if (serveQueue(index))
            break;
    queue.isKicked = false;
}

void VirtioPci::handleKick(unsigned index)
{
    {
        const std::lock_guard guard(lock());
        if (m_hasLeft)
            return;
        m_queues[index].isKicked = false;
    }
    joinLoop();
    handleQueue(index);
}

void VirtioPci::handleQueue(unsigned index)
{
    const std::lock_guard guard(lock());
    if (isLive() && queue(index).isEnabled() && !serveQueue(index))
        kick(index);
}

// A driver that agreed on event indices says nothing about new chains until it is asked to (VIRTIO
// 1.2, 2.7.10). Chains that are left there are waited for by the device itself; those that came after
// it found nothing more are not, and nobody would tell of them.
bool VirtioPci::serveQueue(unsigned index)
{
    Virtqueue &ring = queue(index);
    ring.beginTurn(); // who does not look this time waits for something else
    if (!processQueue(index))
        return false;
    if (!isLive())
        return true;
    if (ring.hasAvailable())
        return !ring.wasFoundEmpty();
    ring.setNotified(true);
    return !ring.hasAvailable();
}

void VirtioPci::joinLoop()
{
    if (m_isInLoop)
        return;
    m_isInLoop = true;
    m_loop->add(&m_source);
}

void VirtioPci::leaveLoop()
{
    {
        const std::lock_guard guard(lock());
        m_hasLeft = true;
        updateDoorbells();
    }
    if (!m_loop)
        return;
    const auto leave = [this] {
        if (m_isInLoop)
            m_loop->remove(&m_source);
        m_isInLoop = false;
    };
    if (m_loop->isOwnThread())
        leave();
    else
        m_loop->run(leave);
}

void VirtioPci::Source::preparePoll(PollSet &set)
{
    {
        const std::lock_guard guard(m_device.lock());
        const bool areTaken = m_device.areDoorbellsTaken();
        for (Queue &queue : m_device.m_queues)
            queue.pollIndex =
                queue.hasDoorbell && !areTaken ? set.add(queue.doorbell.get(), POLLIN) : -1;
    }
    m_device.prepareLoop(set);
}

void VirtioPci::Source::handlePoll(const PollSet &set)
{
    for (unsigned i = 0; i < m_device.m_queues.size(); ++i) {
        Queue &queue = m_device.m_queues[i];
        if (set.revents(queue.pollIndex) == 0)
            continue;
        eventfd_t ignored = 0;
        [[maybe_unused]] const int read = ::eventfd_read(queue.doorbell.get(), &ignored);
        m_device.handleQueue(i);
    }
    m_device.handleLoop(set);
}

Doorbell VirtioPci::doorbellOf(unsigned index) const
{
    return {.address = m_doorbellsAt + NotifyOffset + index * NotifyMultiplier,
            .size = 0,
            .eventFd = m_queues[index].doorbell.get()};
}

void VirtioPci::updateDoorbells()
{
    DoorbellMapper *mapper = connections().doorbells;
    if (!mapper || !m_loop)
        return;
    const bool isWanted = !m_hasLeft && isBarMapped(m_bar) && (m_status & StatusDriverOk) != 0;
    const std::uint64_t wanted = isWanted ? barAddress(m_bar) : 0;
    if (wanted == m_doorbellsAt)
        return;
    for (unsigned i = 0; i < m_queues.size(); ++i)
        if (std::exchange(m_queues[i].hasDoorbell, false))
            mapper->remove(doorbellOf(i));
    m_doorbellsAt = wanted;
    if (wanted == 0)
        return;
    for (unsigned i = 0; i < m_queues.size(); ++i) {
        Queue &queue = m_queues[i];
        queue.hasDoorbell = queue.doorbell.isOpen() && mapper->add(doorbellOf(i));
    }
    kickAll(); // wakes the loop, which waits for the new ones from now on
}

} // namespace engine::virtio
