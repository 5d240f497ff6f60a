// SPDX-License-Identifier: GPL-3.0-or-later
// A SATA DVD-ROM drive: packet commands (MMC-6, SPC-3) behind the few ATA commands such a drive has
// (ATA8-ACS 4.3). The medium is an image of 2048-byte blocks, one data track.
//
// With the host adapter's lock held.
#pragma once

#include "engine/devices/ata_device.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace engine {

// Sense key, additional code and qualifier (SPC-3 4.5).
struct AtapiSense
{
    std::uint8_t key = 0;
    std::uint8_t code = 0;
    std::uint8_t qualifier = 0;
};

class AtapiDrive final : public AtaDevice
{
public:
    AtapiDrive(std::shared_ptr<BlockDevice> medium, std::string serial,
               std::function<void()> ejected);

    // Gives the one that was in there to `old`. Null: opens the tray.
    Result<> changeMedium(std::shared_ptr<BlockDevice> medium, bool force,
                          std::shared_ptr<BlockDevice> &old);

    AtaResult signature() const override;
    bool isQueued(std::uint8_t) const override { return false; }
    void execute(const AtaRequest &request, AtaHost &host) override;
    void resetLink() override;
    void reset() override;
    void serialize(StateArchive &archive) override;

private:
    // MMC-6 6.6.3, media class
    enum class MediaEvent : std::uint8_t { None, EjectRequest, NewMedium, MediumRemoval };

    void packet(const AtaRequest &request, AtaHost &host);
    void identify(const AtaRequest &request, AtaHost &host);
    void setFeatures(const AtaRequest &request, AtaHost &host);

    void inquiry(const AtaRequest &request, AtaHost &host);
    void requestSense(const AtaRequest &request, AtaHost &host);
    void startStop(const AtaRequest &request, AtaHost &host);
    void readBlocks(const AtaRequest &request, AtaHost &host, std::uint32_t block,
                    std::uint32_t count);
    void readCd(const AtaRequest &request, AtaHost &host);
    void readCapacity(const AtaRequest &request, AtaHost &host);
    void readToc(const AtaRequest &request, AtaHost &host);
    void readDiscInformation(const AtaRequest &request, AtaHost &host);
    void readTrackInformation(const AtaRequest &request, AtaHost &host);
    void readDvdStructure(const AtaRequest &request, AtaHost &host);
    void getConfiguration(const AtaRequest &request, AtaHost &host);
    void getEventStatus(const AtaRequest &request, AtaHost &host);
    void mechanismStatus(const AtaRequest &request, AtaHost &host);
    void modeSense(const AtaRequest &request, AtaHost &host);

    bool isReady(const AtaRequest &request, AtaHost &host);
    void eject();
    std::uint64_t blocks() const;
    bool isDvd() const;
    std::vector<std::uint8_t> modePages(std::uint8_t page, bool isChangeable) const;
    // Answers with at most `allocated` bytes of the data.
    void answer(const AtaRequest &request, AtaHost &host, std::span<const std::uint8_t> data,
                std::size_t allocated);
    void succeed(const AtaRequest &request, AtaHost &host);
    void fail(const AtaRequest &request, AtaHost &host, const AtapiSense &sense);
    void abort(const AtaRequest &request, AtaHost &host);

    std::shared_ptr<BlockDevice> m_medium;
    const std::string m_serial;
    std::function<void()> m_ejected;

    AtapiSense m_sense;
    bool m_isLocked = false; // PREVENT MEDIUM REMOVAL
    bool m_isTrayOpen = false;
    bool m_hasChanged = false; // a UNIT ATTENTION is due
    MediaEvent m_event = MediaEvent::None;
    std::uint8_t m_transferMode = 0x45;
};

} // namespace engine
