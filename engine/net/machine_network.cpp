// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/machine_network.h"

#include "engine/base/thread_filter.h"
#include "engine/base/log.h"
#include "engine/net/bridged_network.h"
#include "engine/net/frame_stream.h"
#include "engine/net/internal_network.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>

namespace engine::net {

bool AdapterPlan::isSameNetwork(const AdapterPlan &other) const
{
    if (attachment != other.attachment)
        return false;
    switch (attachment) {
    case Attachment::NotAttached:
        return true;
    case Attachment::Nat:
        return nat == other.nat;
    case Attachment::Internal:
        return internalNetwork == other.internalNetwork;
    case Attachment::Bridged:
        return hostInterface == other.hostInterface;
    }
    return false;
}

Result<std::unique_ptr<MachineNetwork>> MachineNetwork::start(std::string internalFolder,
                                                              HostPlaces places)
{
    std::unique_ptr<NetLoop> loop = TRY(NetLoop::start("network"));
    loop->post([] { confineThread(ThreadRole::Network); });
    return std::unique_ptr<MachineNetwork>(
        new MachineNetwork(std::move(internalFolder), std::move(places), std::move(loop)));
}

MachineNetwork::MachineNetwork(std::string internalFolder, HostPlaces places,
                               std::unique_ptr<NetLoop> loop)
    : m_internalFolder(std::move(internalFolder))
    , m_places(std::move(places))
    , m_loop(std::move(loop))
{ }

MachineNetwork::~MachineNetwork()
{
    for (int adapter = 0; adapter < MaxAdapters; ++adapter)
        removeCard(adapter);
}

MachineNetwork::Slot::Slot() = default;
MachineNetwork::Slot::~Slot() = default;

NetAdapter &MachineNetwork::Slot::adapter() const
{
    return stream ? stream->adapter() : *direct;
}

PollSource *MachineNetwork::Slot::source() const
{
    return stream ? static_cast<PollSource *>(stream.get()) : direct.get();
}

Result<Fd> MachineNetwork::add(int adapter, const AdapterPlan &plan)
{
    check(adapter >= 0 && adapter < MaxAdapters && !m_slots[std::size_t(adapter)],
          "an adapter is added once");
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return Error(ErrorKind::Io,
                     std::string("Cannot make a cable for the network adapter: ")
                         + std::strerror(errno));
    Fd ours(ends[0]);
    Fd theirs(ends[1]);
    ::fcntl(ours.get(), F_SETFL, ::fcntl(ours.get(), F_GETFL) | O_NONBLOCK);
    auto slot = std::make_unique<Slot>();
    slot->stream = std::make_unique<FrameStream>(std::move(ours));
    TRY(place(adapter, plan, std::move(slot)));
    return theirs;
}

Result<NetAdapter *> MachineNetwork::addCard(int adapter, const AdapterPlan &plan, FrameSink &card)
{
    check(adapter >= 0 && adapter < MaxAdapters && !m_slots[std::size_t(adapter)],
          "an adapter is added once");
    auto slot = std::make_unique<Slot>();
    slot->direct = std::make_unique<NetAdapter>(card);
    TRY(place(adapter, plan, std::move(slot)));
    return &m_slots[std::size_t(adapter)]->adapter();
}

Result<> MachineNetwork::place(int adapter, const AdapterPlan &plan, std::unique_ptr<Slot> slot)
{
    Result<> pluggedIn = plugIn(slot->adapter(), nullptr, plan);
    if (!pluggedIn) {
        // What it has opened belongs to the network thread.
        m_loop->run([&slot] { slot.reset(); });
        return pluggedIn;
    }
    slot->plan = plan;
    m_loop->run([this, source = slot->source()] { m_loop->add(source); });
    m_slots[std::size_t(adapter)] = std::move(slot);
    return {};
}

void MachineNetwork::removeCard(int adapter)
{
    std::unique_ptr<Slot> &slot = m_slots[std::size_t(adapter)];
    if (!slot)
        return;
    m_loop->run([this, &slot] {
        m_loop->remove(slot->source());
        slot.reset();
    });
}

Result<> MachineNetwork::change(int adapter, const AdapterPlan &plan)
{
    check(this->plan(adapter), "there is no such adapter");
    Slot &slot = *m_slots[std::size_t(adapter)];
    TRY(plugIn(slot.adapter(), &slot.plan, plan));
    slot.plan = plan;
    return {};
}

const AdapterPlan *MachineNetwork::plan(int adapter) const
{
    const bool isThere = adapter >= 0 && adapter < MaxAdapters && m_slots[std::size_t(adapter)];
    return isThere ? &m_slots[std::size_t(adapter)]->plan : nullptr;
}

// What can fail comes first; then all the rest, which cannot.
Result<> MachineNetwork::plugIn(NetAdapter &adapter, const AdapterPlan *before,
                                const AdapterPlan &plan)
{
    // Only this thread lets anybody change the backend.
    const bool isLost =
        plan.attachment != AdapterPlan::Attachment::NotAttached && !adapter.backend();
    const bool isOther = !before || !before->isSameNetwork(plan) || isLost;
    Fd tap;
    if (isOther && plan.attachment == AdapterPlan::Attachment::Bridged)
        tap = TRY(openBridgeTap(plan.hostInterface, m_places));
    Result<> result;
    m_loop->run([&] {
        if (!isOther) {
            if (plan.attachment == AdapterPlan::Attachment::Nat)
                result = static_cast<NatNetwork *>(adapter.backend())->setForwards(plan.forwards);
        } else {
            // The one before would hold on to ports that the next one may want.
            adapter.setBackend(nullptr);
            auto backend = openBackend(adapter, plan, tap);
            if (backend) {
                adapter.setBackend(std::move(*backend));
            } else {
                result = std::move(backend).error();
                // A bridge is rejoined below, for that may take time.
                if (before && before->attachment != AdapterPlan::Attachment::Bridged) {
                    auto old = openBackend(adapter, *before, tap);
                    if (old)
                        adapter.setBackend(std::move(*old));
                    else
                        log(LogLevel::Error, "network", old.error().text());
                }
            }
        }
        if (!result)
            return;
        if (plan.attachment != AdapterPlan::Attachment::Nat)
            adapter.setFilter(std::nullopt);
        else if (EgressFilter *filter = isOther ? nullptr : adapter.filter())
            filter->setRules(plan.egress);
        else
            adapter.setFilter(EgressFilter(plan.nat, plan.egress));
        if (EgressFilter *filter = adapter.filter()) {
            std::vector<EgressFilter::GuestPort> ports;
            for (const NatForward &forward : plan.forwards)
                ports.emplace_back(forward.isUdp ? IpUdp : IpTcp, forward.guestPort);
            filter->setForwardedPorts(std::move(ports));
        }
        if (!before || before->bytesPerSecond != plan.bytesPerSecond)
            adapter.setLimit(plan.bytesPerSecond);
        adapter.setLinkUp(plan.isCableConnected);
    });
    if (!result && isOther && before && before->attachment == AdapterPlan::Attachment::Bridged) {
        auto again = openBridgeTap(before->hostInterface, m_places);
        if (again)
            m_loop->run([&] {
                adapter.setBackend(
                    std::make_unique<BridgedNetwork>(*m_loop, adapter, std::move(*again)));
            });
        else
            log(LogLevel::Error, "network", again.error().text());
    }
    return result;
}

Result<std::unique_ptr<NetBackend>> MachineNetwork::openBackend(NetAdapter &sink,
                                                                const AdapterPlan &plan, Fd &tap)
{
    switch (plan.attachment) {
    case AdapterPlan::Attachment::NotAttached:
        break;
    case AdapterPlan::Attachment::Nat: {
        std::unique_ptr<NetBackend> nat =
            TRY(NatNetwork::open(*m_loop, sink, plan.nat, plan.forwards));
        return nat;
    }
    case AdapterPlan::Attachment::Internal: {
        std::unique_ptr<NetBackend> internal =
            TRY(InternalNetwork::join(*m_loop, sink, m_internalFolder, plan.internalNetwork));
        return internal;
    }
    case AdapterPlan::Attachment::Bridged: {
        std::unique_ptr<NetBackend> bridged =
            std::make_unique<BridgedNetwork>(*m_loop, sink, std::move(tap));
        return bridged;
    }
    }
    return std::unique_ptr<NetBackend>();
}

MachineNetwork::Totals MachineNetwork::totals() const
{
    Totals totals;
    for (const std::unique_ptr<Slot> &slot : m_slots) {
        if (!slot)
            continue;
        const AdapterCounters &counters = slot->adapter().counters();
        totals.sentPackets += counters.sentPackets.load(std::memory_order_relaxed);
        totals.sentBytes += counters.sentBytes.load(std::memory_order_relaxed);
        totals.receivedPackets += counters.receivedPackets.load(std::memory_order_relaxed);
        totals.receivedBytes += counters.receivedBytes.load(std::memory_order_relaxed);
    }
    return totals;
}

std::vector<AdapterConnection> MachineNetwork::connections()
{
    std::vector<AdapterConnection> all;
    m_loop->run([&] {
        for (int i = 0; i < MaxAdapters; ++i) {
            if (!m_slots[std::size_t(i)])
                continue;
            for (Connection &connection : m_slots[std::size_t(i)]->adapter().connections())
                all.push_back({i, std::move(connection)});
        }
    });
    return all;
}

} // namespace engine::net
