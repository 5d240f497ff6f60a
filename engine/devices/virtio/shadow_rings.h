// SPDX-License-Identifier: GPL-3.0-or-later
// Virtqueues that another process serves without seeing the guest's memory: each of the guest's
// rings has a shadow in a memory file of its own, and a request is copied there, its answer back.
// For machines whose memory nobody else can map. It is also the better wall: the other process has
// the requests that it was sent, and nothing else of the guest.
//
//   the file: for each queue its descriptors, available and used ring; behind them the buffers
//
// The other process is not trusted. It may write to any byte of the file at any time, so that what
// is in there is only written here, but for the used rings: an entry of these is copied once and
// checked against what was sent. The file's size is sealed.
//
// One thread at a time; the device's lock does that.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/devices/virtio/shadow_arena.h"
#include "engine/devices/virtio/vhost_user_channel.h"
#include "engine/devices/virtio/virtqueue.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engine::virtio {

class ShadowRings final
{
public:
    static constexpr std::uint16_t RingSize = 1024;
    // Two descriptors each: what is read, and where the answer goes.
    static constexpr std::size_t MaxRequests = RingSize / 2;
    // Of all queues' requests under way; the largest of Linux's are 4 MiB.
    static constexpr std::size_t BufferBytes = std::size_t(16) << 20;
    // Agreed with the other process, whatever the guest's driver has agreed on.
    static constexpr std::uint64_t Features = std::uint64_t(1) << 32; // VERSION_1

    static Result<std::unique_ptr<ShadowRings>> create(unsigned queues);
    ~ShadowRings();
    ShadowRings(const ShadowRings &) = delete;
    ShadowRings &operator=(const ShadowRings &) = delete;

    VhostUserRegion region() const;
    VhostUserRing describe(unsigned index) const; // without the eventfds

    // The guest's chains, as many as there are and fit, MaxRequests at most. True: there are new
    // ones. An error: one asks for more than ever fits, as no driver does; it is still in the ring,
    // and nothing behind it is looked at.
    Result<bool> forward(unsigned index, Virtqueue &queue);
    // The other process's answers. An error: it gave what it was not asked for.
    Result<> collect(unsigned index, Virtqueue &queue);
    // It has stopped before this position. What it did not take is the guest's again.
    Result<> end(unsigned index, Virtqueue &queue, std::uint16_t position);
    std::size_t underWay(unsigned index) const; // not answered

private:
    struct Request
    {
        bool isUnderWay = false;
        std::uint16_t position = 0; // among all that was published
        Chain chain;
        std::size_t at = 0; // in the buffers
        std::size_t bytes = 0;
        std::size_t answerAt = 0;
    };
    struct Ring
    {
        std::vector<Request> requests = std::vector<Request>(MaxRequests);
        std::vector<std::uint16_t> unused; // of the requests
        std::uint16_t available = 0; // what was published
        std::uint16_t used = 0; // what was collected
    };

    explicit ShadowRings(unsigned queues);
    std::uint8_t *ringsOf(unsigned index) const;
    std::span<std::uint8_t> buffers() const;
    bool send(unsigned index, Chain &chain);
    void writeDescriptor(unsigned index, std::size_t number, std::uint64_t bufferAt,
                         std::uint64_t length, bool isWritable, bool hasNext);

    std::vector<Ring> m_rings;
    ShadowArena m_arena{BufferBytes};
    Fd m_file;
    std::span<std::uint8_t> m_bytes;
};

} // namespace engine::virtio
