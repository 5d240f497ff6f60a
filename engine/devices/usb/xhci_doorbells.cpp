// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1, 4.7 and 5.6: what was rung, by a write on the bus or without an exit (xhci_bells.h),
// and when it counts. A bell is no more than a write that comes another way: what it rings is
// looked at when it is heard, so one that is there too long does no harm.
//
// What a driver rang before it does something else counts before that: bells are heard before each
// command, before the controller is stopped or reset, before other doorbells, and when the machine
// stands still.
#include "engine/devices/usb/xhci.h"

#include <utility>

namespace engine {

using namespace xhci;

void Xhci::writeDoorbell(unsigned slot, std::uint32_t value)
{
    hearBells();
    ringDoorbell(slot, value);
    kick();
}

void Xhci::hearBells()
{
    for (const Bell &bell : m_bells.takeRung())
        ringDoorbell(bell.slot, bell.value);
}

void Xhci::ringDoorbell(unsigned slot, std::uint32_t value)
{
    if ((m_command & CommandRun) == 0)
        return;
    const unsigned endpoint = value & 0xff;
    if (slot == 0) {
        if (endpoint != 0)
            return;
        m_isCommandRingRunning = true;
        m_isCommandDoorbellRung = true;
        return;
    }
    if (endpoint == 0 || endpoint >= EndpointCount || m_slots[slot].state == SlotState::Disabled)
        return;
    // 5.6: what is no stream of the endpoint's rings nothing.
    const unsigned stream = value >> 16;
    if (const Endpoint &rung = m_slots[slot].endpoints[endpoint];
        rung.hasStreams() && (stream == 0 || stream >= rung.streams.size()))
        return;
    ring(slot, endpoint, stream);
}

void Xhci::ring(unsigned slot, unsigned endpoint, unsigned stream)
{
    Endpoint &rung = m_slots[slot].endpoints[endpoint];
    const std::uint32_t bit = 1u << (rung.hasStreams() ? stream : 0);
    if ((std::exchange(rung.rung, rung.rung | bit) & bit) == 0)
        m_rung.push_back({slot, endpoint, rung.hasStreams() ? stream : 0});
}

// After commands, however many there were: each bell that comes or goes waits for the kernel's
// readers. Command rings are rung rarely, and exit.
void Xhci::updateBells()
{
    if (!std::exchange(m_areBellsStale, false))
        return;
    std::vector<Bell> wanted;
    for (unsigned slot = 1; slot <= SlotCount; ++slot)
        for (unsigned i = 1; i < EndpointCount; ++i) {
            const Endpoint &endpoint = m_slots[slot].endpoints[i];
            if (endpoint.state == EndpointState::Disabled)
                continue;
            if (!endpoint.hasStreams())
                wanted.push_back({slot, i});
            for (std::size_t stream = 1; stream < endpoint.streams.size(); ++stream)
                wanted.push_back({slot, std::uint32_t(stream) << 16 | i});
        }
    m_bells.setWanted(connections().doorbells, std::move(wanted));
    if (!m_loop || m_isInLoop || m_bells.isEmpty())
        return;
    m_isInLoop = true;
    m_loop->add(&m_source);
}

// 5.6: a doorbell reads as zero, which the guest finds in memory; Linux reads it behind each write
// (xhci_ring_ep_doorbell() in drivers/usb/host/xhci-ring.c).
void Xhci::placeDoorbells(std::optional<std::uint64_t> address)
{
    static_assert(DoorbellBase % DoorbellPage == 0 && DoorbellBase + DoorbellPage <= MsixTable
                  && 4 * (SlotCount + 1) <= DoorbellPage);
    m_bells.place(connections().doorbells, address);
    MemoryMapper *const mapper = connections().mapper;
    if (!m_zeroWindow && mapper)
        if (Result<PageBuffer> zeros = PageBuffer::allocate(DoorbellPage)) {
            m_zeros = std::move(*zeros);
            m_zeroWindow =
                mapper->makeWindow("xhci-doorbells", m_zeros.bytes(), MappedAccess::ReadOnly);
        }
    if (!m_zeroWindow)
        return;
    if (address)
        m_zeroWindow->map(*address, 0, DoorbellPage);
    else
        m_zeroWindow->unmap();
}

// Nothing posted comes any more.
void Xhci::leaveLoop()
{
    if (!m_isInLoop)
        return;
    const auto leave = [this] { m_loop->remove(&m_source); };
    if (m_loop->isOwnThread())
        leave();
    else
        m_loop->run(leave);
}

void Xhci::Source::preparePoll(PollSet &set)
{
    m_pollIndex = set.add(m_controller.m_bells.descriptor(), POLLIN);
}

void Xhci::Source::handlePoll(const PollSet &set)
{
    if (set.revents(m_pollIndex) == 0)
        return;
    const std::lock_guard guard(m_controller.lock());
    m_controller.hearBells();
    m_controller.work();
}

} // namespace engine
