// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/net_adapter.h"

#include "engine/net/packet_builder.h"

namespace engine::net {

namespace {

// From here on the network waits; what it sends all the same (answers, other machines) has room
// until the second one.
constexpr std::size_t FullBytes = 64 * 1024;
constexpr std::size_t MaxQueuedBytes = 1024 * 1024;

} // namespace

void NetAdapter::setLimit(std::uint64_t bytesPerSecond)
{
    const Clock::time_point now = m_now();
    m_outward.setRate(bytesPerSecond, now);
    m_inward.setRate(bytesPerSecond, now);
}

void NetAdapter::send(Frame frame)
{
    const Clock::time_point now = m_now();
    if (!m_isLinkUp)
        return;
    m_outward.take(frame.size(), now);
    m_counters.sentPackets.fetch_add(1, std::memory_order_relaxed);
    m_counters.sentBytes.fetch_add(frame.size(), std::memory_order_relaxed);
    const auto packet = parsePacket(frame);
    if (!packet || !m_backend)
        return;
    if (m_filter) {
        const bool isIncoming = m_connections.isIncoming(*packet, Direction::FromGuest);
        const EgressFilter::Verdict verdict = m_filter->judge(*packet, isIncoming, m_names, now);
        if (verdict != EgressFilter::Verdict::Pass) {
            refuse(frame, *packet, verdict);
            return;
        }
    }
    m_connections.note(*packet, Direction::FromGuest, frame.size(), now, m_names);
    m_backend->send(frame);
}

void NetAdapter::refuse(Frame frame, const Packet &packet, EgressFilter::Verdict verdict)
{
    if (verdict == EgressFilter::Verdict::Drop)
        return;
    std::string name;
    if (verdict == EgressFilter::Verdict::RefuseName) {
        if (const auto question = parseDns(packet.udpPayload))
            name = question->name;
    }
    const bool wasGoingOn = m_connections.refuse(packet, frame.size(), m_now(), m_names, name);
    if (wasGoingOn && packet.protocol == IpTcp && (packet.tcpFlags & TcpSyn) == 0)
        m_backend->send(buildResetOnward(packet));
    const FrameBuffer answer = verdict == EgressFilter::Verdict::RefuseName
        ? buildDnsRefusal(packet)
        : buildRefusal(frame, packet);
    if (!answer.empty())
        toGuest(answer);
}

void NetAdapter::deliver(Frame frame)
{
    if (!m_isLinkUp)
        return;
    if (const auto packet = parsePacket(frame)) {
        // With rules a name counts, so that only the network's own name server is believed.
        const bool isNameAnswer = m_filter
            ? m_filter->isNameAnswer(*packet)
            : packet->isIp && packet->protocol == IpUdp && packet->sourcePort == 53;
        // A conversation that a new rule ended has nothing more to say. One question may have been
        // refused and another one not.
        if (m_filter && !isNameAnswer && m_connections.isRefused(*packet, Direction::ToGuest))
            return;
        const Clock::time_point now = m_now();
        if (isNameAnswer) {
            const auto answer = parseDns(packet->udpPayload);
            if (answer && answer->isResponse)
                m_names.learn(*answer, now);
        }
        m_connections.note(*packet, Direction::ToGuest, frame.size(), now, m_names);
    }
    toGuest(frame);
}

void NetAdapter::toGuest(Frame frame)
{
    flush();
    const Clock::time_point now = m_now();
    if (m_queue.empty() && m_inward.isReady(now) && m_guest.isReady()) {
        m_inward.take(frame.size(), now);
        m_counters.receivedPackets.fetch_add(1, std::memory_order_relaxed);
        m_counters.receivedBytes.fetch_add(frame.size(), std::memory_order_relaxed);
        m_guest.deliver(frame);
        return;
    }
    if (m_queuedBytes + frame.size() > MaxQueuedBytes)
        return;
    m_queue.emplace_back(frame.begin(), frame.end());
    m_queuedBytes += frame.size();
}

void NetAdapter::flush()
{
    const Clock::time_point now = m_now();
    while (!m_queue.empty() && m_inward.isReady(now) && m_guest.isReady()) {
        const FrameBuffer frame = std::move(m_queue.front());
        m_queue.pop_front();
        m_queuedBytes -= frame.size();
        m_inward.take(frame.size(), now);
        m_counters.receivedPackets.fetch_add(1, std::memory_order_relaxed);
        m_counters.receivedBytes.fetch_add(frame.size(), std::memory_order_relaxed);
        m_guest.deliver(frame);
    }
}

bool NetAdapter::isReady() const
{
    return m_queuedBytes < FullBytes;
}

void NetAdapter::preparePoll(PollSet &set)
{
    if (!m_queue.empty() && m_guest.isReady())
        set.wakeBy(m_inward.readyTime(m_now()));
}

void NetAdapter::handlePoll(const PollSet &)
{
    flush();
}

} // namespace engine::net
