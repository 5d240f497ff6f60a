// SPDX-License-Identifier: GPL-3.0-or-later
// The cable between one network card and whatever it is plugged into: counts, limits, filters and
// remembers who talks to whom. The far end can be changed at any time. The network thread's; the
// counters may be read on any.
//
// The limit never drops what comes in bursts: towards the network the card's end waits (canSend()),
// towards the guest a queue fills and then the network waits (isReady()).
#pragma once

#include "engine/net/connection_table.h"
#include "engine/net/egress_filter.h"
#include "engine/net/net_backend.h"
#include "engine/net/net_loop.h"
#include "engine/net/token_bucket.h"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace engine::net {

struct AdapterCounters
{
    std::atomic<std::uint64_t> sentPackets = 0; // by the guest
    std::atomic<std::uint64_t> sentBytes = 0;
    std::atomic<std::uint64_t> receivedPackets = 0;
    std::atomic<std::uint64_t> receivedBytes = 0;
};

class NetAdapter final : public FrameSink, public PollSource
{
public:
    using Now = std::function<Clock::time_point()>;

    explicit NetAdapter(FrameSink &guest, Now now = &Clock::now)
        : m_guest(guest)
        , m_now(std::move(now))
    { }

    // The network this leads to; none: not attached. Conversations of the one before stay in the
    // list until they are old.
    void setBackend(std::unique_ptr<NetBackend> backend) { m_backend = std::move(backend); }
    NetBackend *backend() const { return m_backend.get(); }
    void setFilter(std::optional<EgressFilter> filter) { m_filter = std::move(filter); }
    EgressFilter *filter() { return m_filter ? &*m_filter : nullptr; }
    void setLimit(std::uint64_t bytesPerSecond); // each way; 0: none
    void setLinkUp(bool isUp) { m_isLinkUp = isUp; }

    // The card's end. A frame that comes although canSend() says no is taken all the same.
    bool canSend() const { return m_outward.isReady(m_now()); }
    Clock::time_point nextSendTime() const { return m_outward.readyTime(m_now()); }
    void send(Frame frame);

    // The network's end.
    void deliver(Frame frame) override;
    bool isReady() const override;

    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;
    // Hands on what waits and may go now.
    void flush();

    const AdapterCounters &counters() const { return m_counters; }
    std::vector<Connection> connections() { return m_connections.list(m_now()); }

private:
    void refuse(Frame frame, const Packet &packet, EgressFilter::Verdict verdict);
    void toGuest(Frame frame);

    FrameSink &m_guest;
    Now m_now;
    std::optional<EgressFilter> m_filter;
    TokenBucket m_outward;
    TokenBucket m_inward;
    bool m_isLinkUp = true;
    std::deque<FrameBuffer> m_queue; // to the guest
    std::size_t m_queuedBytes = 0;
    ConnectionTable m_connections;
    DnsNames m_names;
    AdapterCounters m_counters;
    std::unique_ptr<NetBackend> m_backend; // the last member: it delivers until it is gone
};

} // namespace engine::net
