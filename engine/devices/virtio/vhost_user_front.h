// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio device whose queues another process serves, over vhost-user: this one has the registers,
// hands over the guest's memory and the rings (vhost_user_channel.h), and gets them back when the
// driver resets the device or the machine stands still. In between only eventfds pass: the driver's
// notifications go from KVM straight to the other process (DoorbellMapper), and its interrupts
// straight to the guest (MsiEvents). While those are a pin, or masked, or where there is no way for
// that, they come over the device's loop, which does what is to be done.
//
// A guest's memory that nobody else can map stays its own: then the other half has shadows of the
// rings (shadow_rings.h), and requests and answers are copied on the device's loop. Devices on one
// loop then wait for each other: for as long as VhostUserChannel::Patience says, when the other
// half of one hangs while it is connected, reset or made to stand still.
//
// Without its other half the device is there, and answers nothing: chains wait in the rings. When
// the other half goes, is silent or says what it must not, it is given up and peerLost is called;
// another one may take its place. What the one before had taken and not answered stays unanswered:
// nobody knows what was done of it. A saved state holds what the other half knew, which the next
// one is given before any ring.
//
// Threads: as VirtioPci. What waits for the other half is done on the loop without the device's
// lock, so the loop is none that the machine needs for anything else.
#pragma once

#include "engine/devices/virtio/shadow_rings.h"
#include "engine/devices/virtio/vhost_user_channel.h"
#include "engine/devices/virtio/virtio_pci.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine::virtio {

class VhostUserFront : public VirtioPci
{
public:
    // Called on the loop, without the device's lock.
    using PeerLost = std::function<void(const Error &error)>;

    // The connection's other end serves the device from now on; any thread, also while it runs.
    void connectPeer(Fd socket, VhostUserChannel::Patience patience = {});
    // Lets go of it at once, without peerLost; any thread.
    void disconnectPeer();
    bool hasPeer() const; // any thread

    bool isIdle() const override { return !m_isServed; }
    std::uint32_t stateVersion() const override { return 2; }

protected:
    VhostUserFront(std::string name, VirtioIdentity identity, PollLoop &loop, PeerLost peerLost);
    // As leaveLoop(), which it does: the first thing in the derived class's destructor.
    void leavePeer();

private:
    enum class Step : std::uint8_t { Nothing, Agree, Load, Start, Stop, Fail };
    struct Work
    {
        Step step = Step::Nothing;
        std::shared_ptr<VhostUserChannel> peer;
        std::uint64_t features = 0;
        bool isFirst = false; // of the rings: the memory goes before
        std::vector<VhostUserRegion> memory;
        std::vector<VhostUserRing> rings; // to start, or to stop
        std::shared_ptr<ShadowRings> shadow; // whose memory and rings these are; none: the guest's
        std::vector<std::uint8_t> state; // to load
        std::optional<Error> problem; // to fail with
    };
    struct Served
    {
        Fd call;
        Fd kick; // of a shadow; the ring's own is its doorbell
        bool isServed = false;
        bool isConnected = false; // the call, to the guest
        int pollIndex = -1; // the loop's
    };

    bool processQueue(unsigned) final { return true; }
    void handleQueue(unsigned index) final;
    void prepareLoop(PollSet &set) final;
    void handleLoop(const PollSet &set) final;
    void resetVirtio() final;
    void runningChanged(bool isRunning) final;
    bool isResetFinished() const final { return !m_mustStop; }
    bool areDoorbellsTaken() const final { return !isShadowed(); }
    void interruptsChanged() final;
    void serializeVirtio(StateArchive &archive, std::uint32_t version) final;

    void settle(); // on the loop, without the lock: until nothing is left to be done
    Work nextWork();
    VhostUserRing describe(unsigned index) const;
    Result<> perform(Work &work) const;
    Result<> workDone(const Work &work);
    void peerFailed(const std::shared_ptr<VhostUserChannel> &peer, const Error &error);
    void stopWanted();
    void takeRingsBack();
    bool takeCall(unsigned index);
    bool isShadowed() const; // the other half cannot map the guest's memory
    void forward(unsigned index);
    Result<> collect();
    std::shared_ptr<VhostUserChannel> peer() const;

    const PeerLost m_peerLost;
    std::vector<Served> m_served; // by queue
    std::shared_ptr<ShadowRings> m_shadow; // for one that has rings, where isShadowed()
    std::shared_ptr<VhostUserChannel> m_peer;
    bool m_hasAgreed = false;
    bool m_isServed = false; // the other half has rings, or is just being given some
    bool m_mustStop = false; // and is to give them back
    std::vector<std::uint8_t> m_peerState; // saved, for the first that agrees
    bool m_areRingsForgotten = false; // since they were handed over: a reset, or a loaded state
    int m_peerPollIndex = -1; // the loop's
};

} // namespace engine::virtio
