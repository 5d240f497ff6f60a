// SPDX-License-Identifier: GPL-3.0-or-later
// A SCSI disk of 512-byte blocks (SBC-3, SPC-4) on an image: reads, writes, flushes, and the space
// that the guest gives back (UNMAP, WRITE SAME).
//
// With the controller's lock held.
#pragma once

#include "engine/devices/scsi/scsi_task.h"

namespace engine {

struct ScsiDiskIdentity
{
    std::string serial;
    bool isSolidState = false;
};

class ScsiDisk final : public ScsiUnit
{
public:
    static constexpr std::uint64_t BlockBytes = 512;
    // More ranges in one UNMAP, or more blocks in one command that erases, are refused; the guest
    // is told (SBC-3 6.5.3).
    static constexpr std::uint32_t MaxUnmapRanges = 128;
    static constexpr std::uint32_t MaxErasedBlocks = 1u << 22;

    ScsiDisk(std::shared_ptr<BlockDevice> image, ScsiDiskIdentity identity);

    void execute(const ScsiTaskPtr &task) override;
    ScsiSense takeAttention() override { return {}; }
    void reset() override { }
    void serialize(StateArchive &) override { }

private:
    struct Range
    {
        std::uint64_t lba = 0;
        std::uint64_t blocks = 0;
    };

    std::uint64_t blockCount() const { return m_image->sizeBytes() / BlockBytes; }
    bool isInside(const Range &range) const;
    // False: the task has been failed.
    bool mayWrite(const ScsiTaskPtr &task) const;
    bool isValid(const ScsiTaskPtr &task, const Range &range) const;

    void inquiry(const ScsiTaskPtr &task) const;
    std::vector<std::uint8_t> limitsPage() const;
    void modeSense(const ScsiTaskPtr &task) const;
    void readCapacity(const ScsiTaskPtr &task) const;
    void readLongCapacity(const ScsiTaskPtr &task) const;
    void transfer(const ScsiTaskPtr &task, BlockOperation operation, const Range &range);
    void writeSame(const ScsiTaskPtr &task, const Range &range);
    void unmap(const ScsiTaskPtr &task);
    void unmapNext(const ScsiTaskPtr &task, std::vector<Range> ranges);
    void submit(const ScsiTaskPtr &task, BlockRequest request);

    const std::shared_ptr<BlockDevice> m_image;
    const ScsiDiskIdentity m_identity;
};

} // namespace engine
