// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that another process serves by vhost-user-blk, as a guest's driver has it: requests are
// laid into a ring in memory that both have, an eventfd tells of them and another one of the
// answers (VIRTIO 1.1, 2.6 and 5.2). For benches: one segment a request, in memory().
#pragma once

#include "engine/base/bytes.h"
#include "engine/base/poll_loop.h"
#include "engine/block/block_device.h"
#include "engine/devices/virtio/vhost_user_channel.h"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

namespace bench {

class VhostUserDisk final : public engine::BlockDevice, private engine::PollSource
{
public:
    static constexpr std::size_t DataBytes = 32 << 20;

    static engine::Result<std::unique_ptr<VhostUserDisk>> open(engine::Fd socket,
                                                               engine::PollLoop &loop)
    {
        using engine::virtio::VhostUserChannel;
        constexpr std::uint64_t Version1 = std::uint64_t(1) << 32;
        auto disk = std::unique_ptr<VhostUserDisk>(new VhostUserDisk(std::move(socket), loop));
        VhostUserChannel &channel = disk->m_channel;
        TRY(channel.agree(Version1, 1));
        const std::vector<std::uint8_t> config = TRY(channel.readConfig(8));
        disk->m_sizeBytes = engine::loadLe<std::uint64_t>(config.data()) * 512;
        TRY(channel.prepare(
            Version1,
            std::vector{engine::virtio::VhostUserRegion{.guestAddress = 0,
                                                        .size = RingBytes + DataBytes,
                                                        .userAddress = disk->user(0),
                                                        .offset = 0,
                                                        .descriptor = disk->m_file.get()}}));
        TRY(channel.startRing({.index = 0,
                               .size = RingSize,
                               .position = 0,
                               .descriptors = disk->user(0),
                               .available = disk->user(AvailableAt),
                               .used = disk->user(UsedAt),
                               .kick = disk->m_kick.get(),
                               .call = disk->m_call.get()}));
        loop.run([&] { loop.add(disk.get()); });
        disk->m_isListening = true;
        return disk;
    }
    ~VhostUserDisk() override
    {
        if (m_isListening)
            m_loop.run([this] { m_loop.remove(this); });
        ::munmap(m_bytes, RingBytes + DataBytes);
    }

    std::uint8_t *memory() { return m_bytes + RingBytes; }
    std::uint64_t sizeBytes() const override { return m_sizeBytes; }
    bool isReadOnly() const override { return false; }
    bool canDiscard() const override { return false; }

    // On the loop. At most Slots at a time.
    void submit(engine::BlockRequest request) override
    {
        using engine::storeLe;
        const std::uint16_t slot = m_free.back();
        m_free.pop_back();
        const bool isWrite = request.operation == engine::BlockOperation::Write;
        const std::uint64_t header = HeadersAt + 32u * slot;
        storeLe(m_bytes + header, std::uint32_t(isWrite ? 1 : 0));
        storeLe(m_bytes + header + 4, std::uint32_t(0));
        storeLe(m_bytes + header + 8, request.offset / 512);
        const iovec data = request.buffers.front();
        const auto first = std::uint16_t(3 * slot);
        const auto at = std::uint64_t(static_cast<std::uint8_t *>(data.iov_base) - m_bytes);
        describe(first, header, 16, 1);
        describe(std::uint16_t(first + 1), at, std::uint32_t(data.iov_len),
                 std::uint16_t(isWrite ? 1 : 3));
        describe(std::uint16_t(first + 2), header + 16, 1, 2);
        m_requests[slot] = std::move(request);
        storeLe(m_bytes + AvailableAt + 4 + 2u * (m_nextAvailable % RingSize), first);
        ++m_nextAvailable;
        index(AvailableAt).store(m_nextAvailable, std::memory_order_seq_cst);
        if ((field(UsedAt).load(std::memory_order_seq_cst) & 1) == 0)
            ::eventfd_write(m_kick.get(), 1);
    }

private:
    static constexpr std::uint16_t RingSize = 256;
    static constexpr std::uint16_t Slots = 64; // three descriptors each
    static constexpr std::uint64_t AvailableAt = 0x2000;
    static constexpr std::uint64_t UsedAt = 0x4000;
    static constexpr std::uint64_t HeadersAt = 0x8000; // each with its status behind it
    static constexpr std::uint64_t RingBytes = 2 << 20;

    VhostUserDisk(engine::Fd socket, engine::PollLoop &loop)
        : m_loop(loop)
        , m_channel(std::move(socket))
        , m_file(::memfd_create("disk", MFD_CLOEXEC))
        , m_kick(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
        , m_call(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
        , m_requests(Slots)
    {
        engine::check(::ftruncate(m_file.get(), RingBytes + DataBytes) == 0, "no memory");
        void *memory = ::mmap(nullptr, RingBytes + DataBytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                              m_file.get(), 0);
        engine::check(memory != MAP_FAILED, "no memory");
        m_bytes = static_cast<std::uint8_t *>(memory);
        for (std::uint16_t slot = 0; slot < Slots; ++slot)
            m_free.push_back(slot);
    }

    std::uint64_t user(std::uint64_t offset) const
    {
        return reinterpret_cast<std::uintptr_t>(m_bytes) + offset;
    }
    std::atomic_ref<std::uint16_t> field(std::uint64_t at)
    {
        return std::atomic_ref<std::uint16_t>(*reinterpret_cast<std::uint16_t *>(m_bytes + at));
    }
    std::atomic_ref<std::uint16_t> index(std::uint64_t ring) { return field(ring + 2); }
    void describe(std::uint16_t number, std::uint64_t address, std::uint32_t length,
                  std::uint16_t flags)
    {
        std::uint8_t *raw = m_bytes + 16u * number;
        engine::storeLe(raw, address);
        engine::storeLe(raw + 8, length);
        engine::storeLe(raw + 12, flags);
        engine::storeLe(raw + 14, std::uint16_t(number + 1));
    }

    void preparePoll(engine::PollSet &set) override { m_poll = set.add(m_call.get(), POLLIN); }
    void handlePoll(const engine::PollSet &set) override
    {
        if (set.revents(m_poll) == 0)
            return;
        eventfd_t ignored = 0;
        ::eventfd_read(m_call.get(), &ignored);
        while (index(UsedAt).load(std::memory_order_acquire) != m_nextUsed) {
            const std::uint8_t *entry = m_bytes + UsedAt + 4 + 8u * (m_nextUsed % RingSize);
            ++m_nextUsed;
            const auto slot = std::uint16_t(engine::loadLe<std::uint32_t>(entry) / 3);
            engine::check(slot < Slots, "an answer to nothing");
            const bool isGood = m_bytes[HeadersAt + 32u * slot + 16] == 0;
            const engine::BlockRequest request = std::move(m_requests[slot]);
            m_free.push_back(slot);
            request.completed(isGood ? engine::Result<>()
                                     : engine::Error(engine::ErrorKind::Io, "it failed"));
        }
    }

    engine::PollLoop &m_loop;
    engine::virtio::VhostUserChannel m_channel;
    engine::Fd m_file;
    engine::Fd m_kick;
    engine::Fd m_call;
    std::uint8_t *m_bytes = nullptr;
    std::uint64_t m_sizeBytes = 0;
    std::vector<engine::BlockRequest> m_requests;
    std::vector<std::uint16_t> m_free;
    std::uint16_t m_nextAvailable = 0;
    std::uint16_t m_nextUsed = 0;
    int m_poll = -1;
    bool m_isListening = false;
};

} // namespace bench
