// SPDX-License-Identifier: GPL-3.0-or-later
// A DVD-ROM drive (MMC-6, SPC-4), whatever carries its commands. The medium is an image of
// 2048-byte blocks, one data track.
//
// With the controller's lock held.
#pragma once

#include "engine/devices/scsi/scsi_task.h"

namespace engine {

struct OpticalIdentity
{
    std::string serial;
    bool isAtapi = false; // behind ATA: INQUIRY says so, and there is no vital product data
};

class OpticalUnit final : public ScsiUnit
{
public:
    OpticalUnit(std::shared_ptr<BlockDevice> medium, OpticalIdentity identity,
                std::function<void()> ejected);

    // Gives the one that was in there to `old`. Null: opens the tray.
    Result<> changeMedium(std::shared_ptr<BlockDevice> medium, bool force,
                          std::shared_ptr<BlockDevice> &old);

    void execute(const ScsiTaskPtr &task) override;
    ScsiSense takeAttention() override;
    void reset() override;
    void serialize(StateArchive &archive) override;

private:
    // MMC-6 6.6.3, media class
    enum class MediaEvent : std::uint8_t { None, EjectRequest, NewMedium, MediumRemoval };

    void inquiry(const ScsiTaskPtr &task);
    void startStop(const ScsiTaskPtr &task);
    void readBlocks(const ScsiTaskPtr &task, std::uint32_t block, std::uint32_t count);
    void readCd(const ScsiTaskPtr &task);
    void readCapacity(const ScsiTaskPtr &task);
    void readToc(const ScsiTaskPtr &task);
    void readDiscInformation(const ScsiTaskPtr &task);
    void readTrackInformation(const ScsiTaskPtr &task);
    void readDvdStructure(const ScsiTaskPtr &task);
    void getConfiguration(const ScsiTaskPtr &task);
    void getEventStatus(const ScsiTaskPtr &task);
    void mechanismStatus(const ScsiTaskPtr &task);
    void modeSense(const ScsiTaskPtr &task);

    bool isReady(const ScsiTaskPtr &task);
    void eject();
    std::uint64_t blocks() const;
    bool isDvd() const;
    std::vector<std::uint8_t> modePages(std::uint8_t page, bool isChangeable) const;
    // Answers with at most `allocated` bytes of the data.
    static void answer(const ScsiTaskPtr &task, std::span<const std::uint8_t> data,
                       std::size_t allocated);
    static void succeed(const ScsiTaskPtr &task) { task->answer({}); }
    static void fail(const ScsiTaskPtr &task, const ScsiSense &sense) { task->fail(sense); }

    std::shared_ptr<BlockDevice> m_medium;
    const OpticalIdentity m_identity;
    std::function<void()> m_ejected;

    bool m_isLocked = false; // PREVENT MEDIUM REMOVAL
    bool m_isTrayOpen = false;
    bool m_hasChanged = false; // a UNIT ATTENTION is due
    MediaEvent m_event = MediaEvent::None;
};

} // namespace engine
