// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/nat_network.h"

#include "engine/base/log.h"
#include "engine/net/port_owner.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>

#include <libslirp.h>
#include <netinet/in.h>

namespace engine::net {

namespace {

constexpr std::size_t MaxPacketBytes = 65535; // what libslirp takes at once

in_addr toInAddr(const IpAddress &address)
{
    in_addr result = {};
    result.s_addr = htonl(address.v4Value());
    return result;
}

in6_addr toIn6Addr(const IpAddress &address)
{
    in6_addr result = {};
    std::copy_n(address.bytes(), 16, result.s6_addr);
    return result;
}

sockaddr_in toSocketAddress(const IpAddress &address, std::uint16_t port)
{
    sockaddr_in result = {};
    result.sin_family = AF_INET;
    result.sin_addr = toInAddr(address);
    result.sin_port = htons(port);
    return result;
}

// sockaddr_in is made to be passed as sockaddr.
const sockaddr *plain(const sockaddr_in &address)
{
    return reinterpret_cast<const sockaddr *>(&address);
}

Error forwardFailure(const NatForward &forward, int code)
{
    const std::string what = "The port forward \"" + forward.name + "\" needs port "
        + std::to_string(forward.hostPort) + (forward.isUdp ? " (UDP)" : " (TCP)")
        + " of this computer";
    std::string remedy = "Choose another host port in the machine's network settings";
    if (code == EADDRINUSE) {
        const std::string owner = portOwner(forward.isUdp, forward.hostAddress, forward.hostPort);
        if (!owner.empty())
            remedy += ", or end that program";
        return Error(ErrorKind::Busy,
                     what + ", which " + (owner.empty() ? "another program" : owner) + " uses")
            .withRemedy(remedy);
    }
    if (code == EACCES || code == EPERM)
        return Error(ErrorKind::Denied, what + ", and low ports are not for ordinary users")
            .withRemedy("Choose a host port from 1024 on in the machine's network settings");
    if (code == EADDRNOTAVAIL)
        return Error(ErrorKind::Invalid,
                     what + " at the address \"" + forward.hostAddress.text()
                         + "\", which it does not have")
            .withRemedy("Correct the host address in the machine's network settings");
    return Error(ErrorKind::Io, what + ": " + std::strerror(code)).withRemedy(remedy);
}

struct Timer
{
    SlirpTimerId id = SLIRP_TIMER_RA;
    void *opaque = nullptr;
    std::optional<Clock::time_point> expiry;
};

} // namespace

struct NatNetwork::Private final : PollSource
{
    Private(NetLoop &netLoop, FrameSink &frameSink, const NatPlan &natPlan)
        : loop(netLoop)
        , sink(frameSink)
        , plan(natPlan)
    { }
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;
    ~Private() override
    {
        if (slirp) {
            loop.remove(this);
            slirp_cleanup(slirp);
        }
    }

    int addForward(const NatForward &forward);
    void removeForward(const NatForward &forward);
    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;
    static const SlirpCb &callbacks();

    NetLoop &loop;
    FrameSink &sink;
    NatPlan plan;
    Slirp *slirp = nullptr;
    std::vector<NatForward> forwards;
    std::list<Timer> timers; // libslirp holds pointers to them
    bool isPolled = false; // in this round
    PollSet *preparing = nullptr;
    const PollSet *handling = nullptr;
};

const SlirpCb &NatNetwork::Private::callbacks()
{
    static const SlirpCb instance = [] {
        SlirpCb all = {};
        all.send_packet = [](const void *data, size_t size, void *opaque) -> ssize_t {
            static_cast<Private *>(opaque)->sink.deliver(
                {static_cast<const std::uint8_t *>(data), size});
            return ssize_t(size);
        };
        all.guest_error = [](const char *text, void *) { log(LogLevel::Debug, "network", text); };
        all.clock_get_ns = [](void *) -> int64_t {
            return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count();
        };
        all.timer_free = [](void *timer, void *opaque) {
            static_cast<Private *>(opaque)->timers.remove_if(
                [timer](const Timer &one) { return &one == timer; });
        };
        all.timer_mod = [](void *timer, int64_t milliseconds, void *) {
            static_cast<Timer *>(timer)->expiry =
                Clock::time_point(std::chrono::milliseconds(milliseconds));
        };
        all.register_poll_fd = [](int, void *) {};
        all.unregister_poll_fd = [](int, void *) {};
        all.notify = [](void *) {};
        all.timer_new_opaque = [](SlirpTimerId id, void *timerOpaque, void *opaque) -> void * {
            auto &timers = static_cast<Private *>(opaque)->timers;
            timers.push_back({id, timerOpaque, std::nullopt});
            return &timers.back();
        };
        // Not called where timer_new_opaque is, but not all versions look before.
        all.timer_new = [](SlirpTimerCb, void *, void *) -> void * { return nullptr; };
        all.init_completed = [](Slirp *, void *) {};
        return all;
    }();
    return instance;
}

Result<std::unique_ptr<NatNetwork>> NatNetwork::open(NetLoop &loop, FrameSink &sink,
                                                     const NatPlan &plan,
                                                     const std::vector<NatForward> &forwards)
{
    auto state = std::make_unique<Private>(loop, sink, plan);
    SlirpConfig config = {};
    config.version = 4;
    config.in_enabled = true;
    config.vnetwork = toInAddr(plan.network.address());
    config.vnetmask.s_addr = htonl(~std::uint32_t(0) << (32 - plan.network.prefixLength()));
    config.vhost = toInAddr(plan.host);
    config.vnameserver = toInAddr(plan.nameServer);
    config.vdhcp_start = toInAddr(plan.firstGuest);
    config.in6_enabled = true;
    config.vprefix_addr6 = toIn6Addr(plan.network6.address());
    config.vprefix_len = std::uint8_t(plan.network6.prefixLength());
    config.vhost6 = toIn6Addr(plan.host6);
    config.vnameserver6 = toIn6Addr(plan.nameServer6);
    state->slirp = slirp_new(&config, &Private::callbacks(), state.get());
    if (!state->slirp)
        return Error(ErrorKind::Invalid,
                     "The NAT network " + plan.network.text() + " cannot be made")
            .withRemedy("Choose another network, as in 10.0.2.0/24");
    loop.add(state.get());
    std::unique_ptr<NatNetwork> network(new NatNetwork(std::move(state)));
    TRY(network->setForwards(forwards));
    return network;
}

NatNetwork::NatNetwork(std::unique_ptr<Private> state)
    : m_private(std::move(state))
{ }

NatNetwork::~NatNetwork() = default;

const NatPlan &NatNetwork::plan() const
{
    return m_private->plan;
}

void NatNetwork::send(Frame frame)
{
    if (frame.size() <= MaxPacketBytes)
        slirp_input(m_private->slirp, frame.data(), int(frame.size()));
}

int NatNetwork::Private::addForward(const NatForward &forward)
{
    const sockaddr_in host = toSocketAddress(forward.hostAddress, forward.hostPort);
    const sockaddr_in guest = toSocketAddress(forward.guestAddress, forward.guestPort);
    errno = 0;
    if (slirp_add_hostxfwd(slirp, plain(host), sizeof host, plain(guest), sizeof guest,
                           forward.isUdp ? SLIRP_HOSTFWD_UDP : 0)
        == 0)
        return 0;
    return errno != 0 ? errno : EADDRINUSE;
}

void NatNetwork::Private::removeForward(const NatForward &forward)
{
    const sockaddr_in host = toSocketAddress(forward.hostAddress, forward.hostPort);
    if (slirp_remove_hostxfwd(slirp, plain(host), sizeof host,
                              forward.isUdp ? SLIRP_HOSTFWD_UDP : 0)
        != 0)
        log(LogLevel::Warning, "network",
            "the port forward \"" + forward.name + "\" was gone already");
}

Result<> NatNetwork::setForwards(const std::vector<NatForward> &wanted)
{
    const std::vector<NatForward> before = m_private->forwards;
    const auto isIn = [](const std::vector<NatForward> &list, const NatForward &forward) {
        // The name alone is no reason to close a port.
        return std::any_of(list.begin(), list.end(), [&](NatForward one) {
            one.name = forward.name;
            return one == forward;
        });
    };
    for (const NatForward &forward : before)
        if (!isIn(wanted, forward))
            m_private->removeForward(forward);
    std::vector<NatForward> added;
    for (const NatForward &forward : wanted) {
        if (isIn(before, forward))
            continue;
        const int code = m_private->addForward(forward);
        if (code == 0) {
            added.push_back(forward);
            continue;
        }
        const Error error = forwardFailure(forward, code);
        for (const NatForward &undone : added)
            m_private->removeForward(undone);
        for (const NatForward &kept : before)
            if (!isIn(wanted, kept) && m_private->addForward(kept) != 0)
                log(LogLevel::Warning, "network",
                    "the port forward \"" + kept.name + "\" could not be put back");
        return error;
    }
    m_private->forwards = wanted;
    return {};
}

void NatNetwork::Private::preparePoll(PollSet &set)
{
    for (const Timer &timer : timers)
        if (timer.expiry)
            set.wakeBy(*timer.expiry);
    // While the guest is behind, what its connections receive waits in their sockets, and the
    // senders get to feel it.
    isPolled = sink.isReady();
    if (!isPolled)
        return;
    preparing = &set;
    std::uint32_t timeout = UINT32_MAX;
    slirp_pollfds_fill(
        slirp, &timeout,
        [](int descriptor, int events, void *opaque) {
            short wanted = 0;
            if ((events & SLIRP_POLL_IN) != 0)
                wanted |= POLLIN;
            if ((events & SLIRP_POLL_OUT) != 0)
                wanted |= POLLOUT;
            if ((events & SLIRP_POLL_PRI) != 0)
                wanted |= POLLPRI;
            return static_cast<Private *>(opaque)->preparing->add(descriptor, wanted);
        },
        this);
    preparing = nullptr;
    if (timeout != UINT32_MAX)
        set.wakeBy(Clock::now() + std::chrono::milliseconds(timeout));
}

void NatNetwork::Private::handlePoll(const PollSet &set)
{
    const Clock::time_point now = Clock::now();
    for (Timer &timer : timers) {
        if (!timer.expiry || *timer.expiry > now)
            continue;
        timer.expiry.reset(); // set anew by the handler
        slirp_handle_timer(slirp, timer.id, timer.opaque);
    }
    if (!isPolled)
        return;
    handling = &set;
    slirp_pollfds_poll(
        slirp, 0,
        [](int index, void *opaque) {
            const short events = static_cast<Private *>(opaque)->handling->revents(index);
            int result = 0;
            if ((events & POLLIN) != 0)
                result |= SLIRP_POLL_IN;
            if ((events & POLLOUT) != 0)
                result |= SLIRP_POLL_OUT;
            if ((events & POLLPRI) != 0)
                result |= SLIRP_POLL_PRI;
            if ((events & POLLERR) != 0)
                result |= SLIRP_POLL_ERR;
            if ((events & POLLHUP) != 0)
                result |= SLIRP_POLL_HUP;
            return result;
        },
        this);
    handling = nullptr;
}

} // namespace engine::net
