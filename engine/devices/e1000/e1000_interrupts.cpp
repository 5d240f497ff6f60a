// SPDX-License-Identifier: GPL-3.0-or-later
// When the guest hears of what happened, and which of its writes need not be heard at once (Intel
// 317453: 3.2.7, 13.4.17 ICR, 13.4.18 ITR, and in 13.4 RDTR, RADV, TIDV and TADV).
#include "engine/devices/e1000/e1000.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace engine::e1000 {

namespace {

using std::chrono::nanoseconds;

// Of RDTR, RADV, TIDV and TADV: 1.024 us.
constexpr nanoseconds DelayUnit(1024);
// An interrupt costs a virtual machine several exits, so this is the least between two, in units of
// ITR: 128 us, or 7813 a second, which is what 13.4.18 has as its example. QEMU's card does the
// same.
constexpr std::uint32_t LeastThrottle = 500;
// While the guest owes buffers, its gathered writes are looked for this often at first.
constexpr std::chrono::milliseconds GatheredPoll(1);

// Writes that only tell something for later. A mask does: handlers read the cause first, which
// lowers the line. Not the transmit tail, which starts frames, nor what unmasks interrupts: drivers
// that do not read anything afterwards would wait for them.
struct Gathered
{
    std::uint32_t offset;
    std::uint32_t size;
};
constexpr std::array<Gathered, 4> GatheredWrites = {{{InterruptThrottle, 4},
                                                     {InterruptMaskClear, 4},
                                                     {ReceiveBaseLow, 0x30},
                                                     {TransmitDelay, 0x10}}};

} // namespace

// Gathered writes

void E1000::barMapped(unsigned bar, bool isMapped)
{
    MemoryMapper *const mapper = connections().mapper;
    if (bar != MemoryBar || !mapper)
        return;
    const std::uint64_t wanted = isMapped ? barAddress(MemoryBar) : 0;
    const std::uint64_t before = std::exchange(m_gatheredAt, wanted);
    for (const Gathered &part : GatheredWrites) {
        if (before != 0)
            mapper->setCoalesced(before + part.offset, part.size, false);
        if (wanted != 0)
            mapper->setCoalesced(wanted + part.offset, part.size, true);
    }
}

void E1000::drainGathered() const
{
    if (MemoryMapper *const mapper = connections().mapper)
        mapper->drainCoalesced();
}

// Causes

void E1000::raise(std::uint32_t causes)
{
    stored(InterruptCause) |= causes;
    updateInterrupt();
}

// At most one in the time that ITR says (13.4.18): what comes earlier waits.
void E1000::updateInterrupt()
{
    if ((stored(InterruptCause) & stored(InterruptMask)) == 0) {
        m_throttle->disarm();
        setInterrupt(false);
        return;
    }
    const GuestTime now = m_clock.now();
    if (now < m_nextInterrupt) {
        m_throttle->arm(m_nextInterrupt);
        return;
    }
    const std::uint32_t throttle = std::max(stored(InterruptThrottle), LeastThrottle);
    m_nextInterrupt = now + nanoseconds(ThrottleNanoseconds * throttle);
    setInterrupt(true);
}

// What one round of the loop brought is one interrupt.
void E1000::preparePoll(PollSet &set)
{
    bool isAnyCollected = false;
    bool isRunning = false;
    {
        const std::lock_guard guard(lock());
        isAnyCollected = m_collected != 0;
        isRunning = m_isRunning;
    }
    if (isAnyCollected) {
        drainGathered(); // it may have masked them
        const std::lock_guard guard(lock());
        raiseCollected();
    }
    if (m_lackingSince && isRunning) { // ever more seldom
        const PollClock::time_point now = PollClock::now();
        set.wakeBy(now + std::max<PollClock::duration>(GatheredPoll, now - *m_lackingSince));
    }
    if (m_waitsToSend && m_adapter)
        set.wakeBy(m_adapter->nextSendTime());
}

// With the lock, on the loop.
void E1000::collect(std::uint32_t causes)
{
    m_collected |= causes;
    if (!m_isInLoop)
        raiseCollected();
}

void E1000::raiseCollected()
{
    std::uint32_t causes = std::exchange(m_collected, 0);
    if ((causes & CauseReceived) != 0 && stored(ReceiveDelay) != 0) {
        causes &= ~std::uint32_t(CauseReceived);
        m_receiveDelay.begin(m_clock.now(), stored(ReceiveDelay), stored(ReceiveAbsoluteDelay));
    }
    if ((causes & CauseSentLater) != 0) {
        causes &= ~CauseSentLater;
        m_transmitDelay.begin(m_clock.now(), stored(TransmitDelay), stored(TransmitAbsoluteDelay));
    }
    if ((causes & CauseReceived) != 0)
        m_receiveDelay.end();
    if ((causes & CauseSent) != 0)
        m_transmitDelay.end();
    if (causes != 0)
        raise(causes);
}

// The machine stands still: nothing is on its way any more.
void E1000::stopDelays()
{
    std::uint32_t causes = std::exchange(m_collected, 0);
    if ((causes & CauseSentLater) != 0)
        causes = (causes & ~CauseSentLater) | CauseSent;
    if (m_receiveDelay.end())
        causes |= CauseReceived;
    if (m_transmitDelay.end())
        causes |= CauseSent;
    stored(InterruptCause) |= causes;
}

// The first timer begins anew with each frame, the second one does not; whichever comes first.
void E1000::Delay::begin(GuestTime now, std::uint32_t delay, std::uint32_t absolute)
{
    if (!m_timer->deadline())
        m_last = absolute == 0 ? GuestTime::max() : now + DelayUnit * absolute;
    m_timer->arm(std::min(now + DelayUnit * delay, m_last));
}

bool E1000::Delay::end()
{
    const bool wasWaiting = m_timer->deadline().has_value();
    m_timer->disarm();
    return wasWaiting;
}

} // namespace engine::e1000
