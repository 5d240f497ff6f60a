// SPDX-License-Identifier: GPL-3.0-or-later
// The front end's half of a vhost-user connection: messages, their answers, and how long to wait
// for these. QEMU docs/interop/vhost-user.rst ("Communication", "Front-end message types").
//
// The other half is a process of its own and less trusted than this one: what it says is checked,
// descriptors that it sends are dropped, and no wait is longer than the patience. After any failure
// the connection is of no use any more.
//
// One thread at a time; shutDown() on any.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::virtio {

// A part of the guest's memory that the other half maps.
struct VhostUserRegion
{
    std::uint64_t guestAddress = 0;
    std::uint64_t size = 0;
    std::uint64_t userAddress = 0; // where it is in this process; rings are named by such
    std::uint64_t offset = 0; // in the descriptor
    int descriptor = -1;
};

struct VhostUserRing
{
    std::uint32_t index = 0;
    std::uint16_t size = 0;
    std::uint16_t position = 0; // of the next chain in the available ring
    std::uint64_t descriptors = 0; // user addresses
    std::uint64_t available = 0;
    std::uint64_t used = 0;
    int kick = -1; // eventfds: the driver's notifications, and the interrupts for it
    int call = -1;
};

class VhostUserChannel final
{
public:
    static constexpr std::size_t MaxRegions = 8;
    static constexpr std::size_t MaxConfigBytes = 256;
    static constexpr std::size_t MaxStateBytes = std::size_t(256) << 20;

    struct Patience
    {
        std::chrono::milliseconds answer{5000};
        std::chrono::milliseconds stop{30000}; // what a ring's last requests may take
    };

    explicit VhostUserChannel(Fd socket)
        : VhostUserChannel(std::move(socket), Patience())
    { }
    VhostUserChannel(Fd socket, Patience patience);

    // First of all. Unsupported: it lacks one of these features, or has fewer rings.
    Result<> agree(std::uint64_t neededFeatures, std::uint32_t rings);
    std::uint64_t features() const { return m_features; } // that it offers
    // The device's configuration as the other half has it.
    Result<std::vector<std::uint8_t>> readConfig(std::uint32_t size);

    // Before the first ring and when one of the two changes; no ring runs.
    Result<> prepare(std::uint64_t features, std::span<const VhostUserRegion> memory);
    Result<> startRing(const VhostUserRing &ring);
    // Everything that was taken is answered; the position is the answer.
    Result<std::uint16_t> stopRing(std::uint32_t index);

    // All rings stand still. What the other half knows beside them, for one that takes its place
    // later; empty when it keeps nothing. Busy: not now, something of the guest's is in the way.
    Result<std::vector<std::uint8_t>> saveState();
    Result<> loadState(std::span<const std::uint8_t> state);

    int descriptor() const { return m_socket.get(); }
    // Waits end, with an error.
    void shutDown();

private:
    struct Message;

    Result<> send(const Message &message, std::span<const int> descriptors = {});
    Result<> receive(Message &message, std::uint32_t request, std::chrono::milliseconds patience);
    Result<> receiveAll(void *bytes, std::size_t size, std::chrono::steady_clock::time_point end);
    Result<> waitFor(short events, std::chrono::steady_clock::time_point end);
    Result<std::uint64_t> ask(std::uint32_t request);
    Result<> tell(Message &message, std::span<const int> descriptors = {});
    Result<> moveState(std::uint32_t direction, const Fd &file);

    const Fd m_socket;
    const Patience m_patience;
    std::uint64_t m_features = 0;
    std::uint64_t m_protocolFeatures = 0;
};

} // namespace engine::virtio
