// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine of the in-process engine is opened with. The image behind a drive, counted: raw
// files and devices of the host in this process, every other format by the storage daemon, of qcow2
// only what is not known to be in place (mapped_image.h). And the other ends of serial ports.
#pragma once

#include "engine/block/block_device.h"
#include "engine/drivers/kvm_plan.h"

#include <atomic>
#include <memory>

namespace engine {

class PlaceFinder;
class PollLoop;

// Bytes that drives have moved since the start. Any thread.
struct DriveCounters
{
    std::atomic<std::uint64_t> readBytes = 0;
    std::atomic<std::uint64_t> writtenBytes = 0;
};

// Counts what is read and written successfully. As its inner device in everything else.
class CountedImage final : public BlockDevice
{
public:
    CountedImage(std::shared_ptr<BlockDevice> image, std::shared_ptr<DriveCounters> counters)
        : m_image(std::move(image))
        , m_counters(std::move(counters))
    { }

    std::uint64_t sizeBytes() const override { return m_image->sizeBytes(); }
    bool isReadOnly() const override { return m_image->isReadOnly(); }
    bool canDiscard() const override { return m_canDiscard && m_image->canDiscard(); }
    void setDiscardOn(bool isOn) { m_canDiscard = isOn; } // before it is used
    void submit(BlockRequest request) override;

private:
    std::shared_ptr<BlockDevice> m_image;
    std::shared_ptr<DriveCounters> m_counters;
    bool m_canDiscard = true;
};

// May wait. `socketPath`: where the storage daemon listens.
Result<std::shared_ptr<BlockDevice>> openKvmImage(const KvmDrive &drive, const QString &socketPath,
                                                  PollLoop &io, PlaceFinder &places);

// Whoever is at the other end of the port.
Result<std::shared_ptr<CharBackend>> openKvmSerialPort(const KvmSerialPort &port);

// Everything written so far is on the medium when this returns. Waits for the io thread, so not on
// that one.
Result<> flushImage(BlockDevice &image);

} // namespace engine
