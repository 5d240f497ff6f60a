// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/vhost_user_front.h"

#include "engine/base/log.h"

#include <cerrno>
#include <utility>

#include <sys/eventfd.h>
#include <sys/socket.h>

namespace engine::virtio {

namespace {

constexpr std::uint32_t VersionWithPeerState = 2; // of the saved state

// All that this device's registers offer, so all that a driver may agree on.
constexpr std::uint64_t NeededOfPeer = FeatureIndirect | FeatureEventIndex | FeatureVersion1;

std::uint64_t userAddress(const std::uint8_t *bytes)
{
    return reinterpret_cast<std::uintptr_t>(bytes);
}

} // namespace

VhostUserFront::VhostUserFront(std::string name, VirtioIdentity identity, PollLoop &loop,
                               PeerLost peerLost)
    : VirtioPci(std::move(name), identity, &loop)
    , m_peerLost(std::move(peerLost))
    , m_served(queueCount())
{ }

// The loop may be waiting for the other half, which ends that.
void VhostUserFront::leavePeer()
{
    disconnectPeer();
    leaveLoop();
}

std::shared_ptr<VhostUserChannel> VhostUserFront::peer() const
{
    const std::lock_guard guard(lock());
    return m_peer;
}

bool VhostUserFront::hasPeer() const
{
    return peer() != nullptr;
}

void VhostUserFront::connectPeer(Fd socket, VhostUserChannel::Patience patience)
{
    disconnectPeer();
    {
        const std::lock_guard guard(lock());
        for (Served &each : m_served) {
            if (!each.call.isOpen())
                each.call = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
            if (!each.kick.isOpen() && isShadowed())
                each.kick = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        }
        m_peer = std::make_shared<VhostUserChannel>(std::move(socket), patience);
    }
    loop()->post([this] {
        joinLoop();
        settle();
    });
}

void VhostUserFront::disconnectPeer()
{
    const std::lock_guard guard(lock());
    if (!m_peer)
        return;
    m_peer->shutDown();
    m_peer.reset();
    takeRingsBack();
}

// Life

void VhostUserFront::stopWanted()
{
    if (!m_isServed || m_mustStop)
        return;
    m_mustStop = true;
    loop()->post([this] { settle(); });
}

void VhostUserFront::resetVirtio()
{
    m_peerState.clear();
    m_areRingsForgotten = m_isServed;
    interruptsChanged();
    stopWanted();
}

void VhostUserFront::runningChanged(bool isRunning)
{
    if (!isRunning)
        stopWanted();
}

// While it is saved the machine stands still and the rings are back, so that the loop has nothing
// to say to the other half.
void VhostUserFront::serializeVirtio(StateArchive &archive, std::uint32_t version)
{
    if (archive.isLoading()) {
        resetVirtio();
        if (version < VersionWithPeerState)
            return;
    } else if (m_peer && m_hasAgreed && !m_isServed && m_peerState.empty()) {
        Result<std::vector<std::uint8_t>> state = m_peer->saveState();
        if (!state)
            return archive.refuse(
                std::move(state).error().context("The shared folder behind " + name()));
        archive.list(*state, VhostUserChannel::MaxStateBytes);
        return;
    }
    archive.list(m_peerState, VhostUserChannel::MaxStateBytes);
}

// What it may have taken it has not told, so that all of it counts as taken.
void VhostUserFront::takeRingsBack()
{
    if (m_shadow && !m_areRingsForgotten) { // what it answered is answered
        [[maybe_unused]] const Result<> last = collect();
    }
    m_hasAgreed = false;
    m_isServed = false;
    m_mustStop = false;
    for (unsigned i = 0; i < m_served.size(); ++i) {
        const bool wasServed = std::exchange(m_served[i].isServed, false);
        if (wasServed && !m_areRingsForgotten && queue(i).isEnabled())
            queue(i).setPositions(m_shadow ? queue(i).position() : queue(i).availableIndex(),
                                  queue(i).usedIndex());
    }
    m_areRingsForgotten = false;
    m_shadow.reset();
    interruptsChanged();
}

// Work for the other half

VhostUserRing VhostUserFront::describe(unsigned index) const
{
    if (m_shadow) {
        VhostUserRing shadow = m_shadow->describe(index);
        shadow.kick = m_served[index].kick.get();
        shadow.call = m_served[index].call.get();
        return shadow;
    }
    const Virtqueue &ring = queue(index);
    const Virtqueue::Rings rings = ring.rings();
    return {.index = index,
            .size = ring.size(),
            .position = ring.position(),
            .descriptors = userAddress(rings.descriptors),
            .available = userAddress(rings.available),
            .used = userAddress(rings.used),
            .kick = doorbellDescriptor(index),
            .call = m_served[index].call.get()};
}

// With the lock.
VhostUserFront::Work VhostUserFront::nextWork()
{
    Work work;
    work.peer = m_peer;
    if (!m_peer)
        return work;
    if (!m_hasAgreed) {
        work.step = Step::Agree;
        return work;
    }
    if (!m_peerState.empty()) {
        work.step = Step::Load;
        work.state = m_peerState;
        return work;
    }
    if (!m_mustStop && !isLive())
        return work;
    if (!m_mustStop && isShadowed() && !m_shadow) {
        Result<std::unique_ptr<ShadowRings>> made = ShadowRings::create(unsigned(queueCount()));
        if (!made) {
            work.step = Step::Fail;
            work.problem = std::move(made).error();
            return work;
        }
        m_shadow = std::move(*made);
    }
    for (unsigned i = 0; i < m_served.size(); ++i)
        if (m_mustStop ? m_served[i].isServed : !m_served[i].isServed && queue(i).isEnabled())
            work.rings.push_back(m_mustStop ? VhostUserRing{.index = i} : describe(i));
    if (work.rings.empty())
        return work;
    if (m_mustStop) {
        work.step = Step::Stop;
        return work;
    }
    work.step = Step::Start;
    // From here on whoever wants it to stop has to say so.
    work.isFirst = !std::exchange(m_isServed, true);
    for (const VhostUserRing &ring : work.rings)
        m_served[ring.index].isServed = true;
    interruptsChanged();
    work.features = m_shadow ? ShadowRings::Features : driverFeatures();
    if (m_shadow) {
        work.shadow = m_shadow;
        work.memory.push_back(m_shadow->region());
        return work;
    }
    for (const GuestMemory::Region &region : connections().ram->regions())
        work.memory.push_back({.guestAddress = region.guestAddress,
                               .size = region.host.size(),
                               .userAddress = userAddress(region.host.data()),
                               .offset = region.descriptorOffset,
                               .descriptor = region.descriptor});
    return work;
}

Result<> VhostUserFront::perform(Work &work) const
{
    switch (work.step) {
    case Step::Nothing:
        break;
    case Step::Agree:
        return work.peer->agree(NeededOfPeer, std::uint32_t(queueCount()));
    case Step::Load:
        return work.peer->loadState(work.state);
    case Step::Start:
        if (work.isFirst)
            TRY(work.peer->prepare(work.features, work.memory));
        for (const VhostUserRing &ring : work.rings)
            TRY(work.peer->startRing(ring));
        break;
    case Step::Stop:
        for (VhostUserRing &ring : work.rings)
            ring.position = TRY(work.peer->stopRing(ring.index));
        break;
    case Step::Fail:
        return *work.problem;
    }
    return {};
}

// With the lock, and the same peer as when it was begun.
Result<> VhostUserFront::workDone(const Work &work)
{
    if (work.step == Step::Agree) {
        m_hasAgreed = true;
        return {};
    }
    if (work.step == Step::Load) {
        m_peerState.clear();
        return {};
    }
    if (work.step == Step::Start) {
        for (const VhostUserRing &ring : work.rings) {
            ::eventfd_write(ring.kick, 1); // for what came before it listened
            forward(ring.index);
        }
        return {};
    }
    if (m_shadow && !m_areRingsForgotten)
        for (const VhostUserRing &ring : work.rings)
            if (queue(ring.index).isEnabled())
                TRY(m_shadow->end(ring.index, queue(ring.index), ring.position));
    for (const VhostUserRing &ring : work.rings)
        m_served[ring.index].isServed = false;
    interruptsChanged();
    for (const VhostUserRing &ring : work.rings) {
        const bool wasCalled = takeCall(ring.index);
        if (m_areRingsForgotten || !queue(ring.index).isEnabled())
            continue;
        if (m_shadow) {
            finish(ring.index);
            continue;
        }
        queue(ring.index).setPositions(ring.position, queue(ring.index).usedIndex());
        if (wasCalled)
            interruptQueue(ring.index);
    }
    m_isServed = false;
    m_mustStop = false;
    m_areRingsForgotten = false;
    m_shadow.reset();
    return {};
}

void VhostUserFront::settle()
{
    for (;;) {
        Work work;
        {
            const std::lock_guard guard(lock());
            work = nextWork();
        }
        if (work.step == Step::Nothing)
            return;
        Result<> done = perform(work);
        if (done) {
            const std::lock_guard guard(lock());
            if (m_peer == work.peer)
                done = workDone(work);
        }
        if (!done)
            return peerFailed(work.peer, done.error());
    }
}

void VhostUserFront::peerFailed(const std::shared_ptr<VhostUserChannel> &peer, const Error &error)
{
    peer->shutDown();
    {
        const std::lock_guard guard(lock());
        if (m_peer != peer) // it was taken away, or has been replaced
            return;
        m_peer.reset();
        takeRingsBack();
    }
    log(LogLevel::Warning, name(), "the process that serves it is given up: " + error.text());
    if (m_peerLost)
        m_peerLost(error);
}

// Signals of rings that the guest forgot, or has back, are nobody's.
void VhostUserFront::interruptsChanged()
{
    MsiEvents *const events = connections().msiEvents;
    if (!events)
        return;
    bool isAnyLeft = false; // to the loop
    for (unsigned i = 0; i < m_served.size(); ++i) {
        Served &each = m_served[i];
        std::optional<MsiMessage> message;
        if (each.isServed && !m_areRingsForgotten && !m_shadow)
            message = queueMessage(i);
        const bool isWanted = message && events->connectEvent(each.call.get(), *message);
        const bool wasConnected = std::exchange(each.isConnected, isWanted);
        if (isWanted || !wasConnected)
            continue;
        events->disconnectEvent(each.call.get());
        isAnyLeft = true;
    }
    if (isAnyLeft)
        loop()->post([] {}); // it names its descriptors anew
}

// The loop

void VhostUserFront::handleQueue(unsigned index)
{
    settle();
    const std::lock_guard guard(lock());
    if (m_shadow)
        forward(index);
    else if (m_served[index].isServed)
        ::eventfd_write(doorbellDescriptor(index), 1);
}

void VhostUserFront::prepareLoop(PollSet &set)
{
    const std::lock_guard guard(lock());
    for (Served &each : m_served)
        each.pollIndex = each.isServed && !each.isConnected ? set.add(each.call.get(), POLLIN) : -1;
    m_peerPollIndex = m_peer ? set.add(m_peer->descriptor(), POLLIN) : -1;
}

bool VhostUserFront::takeCall(unsigned index)
{
    eventfd_t count = 0;
    return ::eventfd_read(m_served[index].call.get(), &count) == 0;
}

void VhostUserFront::handleLoop(const PollSet &set)
{
    std::shared_ptr<VhostUserChannel> talking;
    std::shared_ptr<VhostUserChannel> lying;
    Result<> collected;
    {
        const std::lock_guard guard(lock());
        bool isAnyCalled = false;
        for (unsigned i = 0; i < m_served.size(); ++i) {
            if (set.revents(m_served[i].pollIndex) == 0 || !takeCall(i) || m_areRingsForgotten)
                continue;
            isAnyCalled = true;
            if (!m_shadow)
                interruptQueue(i);
        }
        if (m_shadow && isAnyCalled)
            collected = collect();
        if (!collected)
            lying = m_peer;
        for (unsigned i = 0; i < m_served.size() && isAnyCalled && collected; ++i)
            forward(i); // there may be room for more now
        if (set.revents(m_peerPollIndex) != 0)
            talking = m_peer;
    }
    if (lying)
        return peerFailed(lying, collected.error());
    if (!talking)
        return;
    // It speaks only when it is asked.
    std::uint8_t byte = 0;
    const ssize_t count = ::recv(talking->descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count > 0)
        peerFailed(talking, Error(ErrorKind::Io, "it says what it was not asked"));
    else if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        peerFailed(talking, Error(ErrorKind::Io, "it closed the connection"));
}

} // namespace engine::virtio
