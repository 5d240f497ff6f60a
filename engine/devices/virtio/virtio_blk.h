// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio disk (VIRTIO 1.1, 5.2): one queue, whose requests go to a BlockDevice as they come and
// are answered in whatever order that answers.
//
// Threads: as VirtioPci on the machine's io thread, where the disk answers too.
#pragma once

#include "engine/block/block_device.h"
#include "engine/devices/virtio/virtio_pci.h"

#include <memory>
#include <string>

namespace engine::virtio {

class VirtioBlk final : public VirtioPci
{
public:
    static constexpr std::uint16_t QueueSize = 256;
    static constexpr std::uint32_t MaxSegments = QueueSize - 2; // header and status

    // `serial` is what the guest reads as the disk's identity: 20 characters at most. The device
    // outlives its requests. A null loop: notifications are handled at once.
    VirtioBlk(std::string name, std::shared_ptr<BlockDevice> image, std::string serial,
              PollLoop *loop);
    ~VirtioBlk() override;

    bool isIdle() const override { return m_inFlight == 0; }

private:
    struct Request
    {
        std::uint16_t head = 0;
        std::uint64_t dataBytes = 0; // written to the guest by a success, before the status
        std::uint8_t *status = nullptr; // in guest memory
        unsigned generation = 0; // which reset it is after
    };

    bool processQueue(unsigned index) override;
    void resetVirtio() override;
    bool isResetFinished() const override { return m_stale == 0; }
    void serializeVirtio(StateArchive &archive, std::uint32_t version) override;

    void start(const Chain &chain);
    void transfer(const Chain &chain, Request request, BlockOperation operation,
                  std::uint64_t sector);
    void changeRange(const Chain &chain, const Request &request, BlockOperation operation);
    void readIdentity(const Chain &chain, Request request);
    void submit(BlockRequest block, const Request &request);
    void completed(const Request &request, bool isGood);
    void answer(const Request &request, std::uint8_t status);

    const std::shared_ptr<BlockDevice> m_image;
    const std::string m_serial;
    unsigned m_generation = 0;
    unsigned m_inFlight = 0; // at the image
    unsigned m_stale = 0; // of these, from before the last reset
};

} // namespace engine::virtio
