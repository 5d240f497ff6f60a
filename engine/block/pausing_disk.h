// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's disk over its image: what fails for want of space or for a fault of the host is kept
// and tried again after the owner has seen to it, so that the guest never sees an error that it
// would take for a dying disk. Counts what is moved, for the activity lights.
//
// Any thread. A problem is told on the io thread, once until the next retry(). Also destroyed in
// the answer to its last request.
#pragma once

#include "engine/block/block_device.h"
#include "engine/host/vm_events.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace engine {

enum class ReadFailure : std::uint8_t {
    Pauses, // disks
    ReachesGuest, // optical media: a scratch is nothing to wait for
};

class PausingDisk final : public BlockDevice
{
public:
    using Notice = std::function<void(const VmProblem &)>;

    PausingDisk(std::shared_ptr<BlockDevice> image, ReadFailure readFailure, Notice problemRaised);

    std::uint64_t sizeBytes() const override { return m_image->sizeBytes(); }
    bool isReadOnly() const override { return m_image->isReadOnly(); }
    bool canDiscard() const override { return m_image->canDiscard(); }
    void submit(BlockRequest request) override;

    // Sends on what was kept.
    void retry();
    // Answers what was kept with its error: the machine is reset or switched off. On the io thread,
    // without any device's lock held.
    void giveUp();

    // Nothing is on its way in the image; requests that wait for retry() do not count.
    bool isQuiet() const { return m_inFlight.load() == 0; }
    bool hasKept() const;

    std::uint64_t bytesRead() const { return m_bytesRead.load(std::memory_order_relaxed); }
    std::uint64_t bytesWritten() const { return m_bytesWritten.load(std::memory_order_relaxed); }

private:
    struct Kept
    {
        BlockRequest request;
        Error error;
    };

    void send(BlockRequest request);
    void answered(BlockRequest &request, Result<> result);
    bool isKept(const BlockRequest &request, const Error &error) const;

    const std::shared_ptr<BlockDevice> m_image;
    const ReadFailure m_readFailure;
    const Notice m_problemRaised;
    mutable std::mutex m_mutex; // for the two below
    std::vector<Kept> m_kept;
    bool m_isProblemTold = false;
    std::atomic<unsigned> m_inFlight = 0;
    std::atomic<std::uint64_t> m_bytesRead = 0;
    std::atomic<std::uint64_t> m_bytesWritten = 0;
};

} // namespace engine
