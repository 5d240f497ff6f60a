// SPDX-License-Identifier: GPL-3.0-or-later
// A SATA disk with 512-byte sectors (ATA8-ACS, working draft 4a; NCQ: ATA8-ACS 7.48 and 7.116):
// PIO, DMA and queued transfers, flush, TRIM, power modes that change nothing. Without SMART,
// security, HPA and DCO.
//
// With the host adapter's lock held.
#pragma once

#include "engine/devices/ata_device.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace engine {

class AtaDisk final : public AtaDevice
{
public:
    AtaDisk(std::shared_ptr<BlockDevice> image, std::string serial, bool isSolidState);

    AtaResult signature() const override;
    bool isQueued(std::uint8_t command) const override;
    void execute(const AtaRequest &request, AtaHost &host) override;
    void resetLink() override;
    void reset() override;
    void serialize(StateArchive &archive) override;

private:
    struct Transfer
    {
        AtaProtocol protocol = AtaProtocol::Plain;
        bool isWrite = false;
        bool isExtended = false; // 48-bit
        bool isThrough = false; // FUA
        std::uint64_t sector = 0;
        std::uint32_t sectorCount = 0;
    };

    void transfer(const AtaRequest &request, AtaHost &host, AtaProtocol protocol, bool isWrite,
                  bool isExtended, bool isThrough = false);
    void transferQueued(const AtaRequest &request, AtaHost &host, bool isWrite);
    void start(const AtaRequest &request, AtaHost &host, const Transfer &transfer);
    void flush(const AtaRequest &request, AtaHost &host, AtaProtocol protocol);
    void verify(const AtaRequest &request, AtaHost &host, bool isExtended);
    void trim(const AtaRequest &request, AtaHost &host);
    void discardNext(const AtaRequest &request, AtaHost &host, std::vector<BlockRequest> ranges);
    void identify(const AtaRequest &request, AtaHost &host);
    void setFeatures(const AtaRequest &request, AtaHost &host);
    void readLog(const AtaRequest &request, AtaHost &host, AtaProtocol protocol);

    bool locate(const AtaRequest &request, bool isExtended, Transfer &transfer) const;
    bool isInside(std::uint64_t sector, std::uint64_t count) const;
    void succeed(const AtaRequest &request, AtaHost &host,
                 AtaProtocol protocol = AtaProtocol::Plain);
    void fail(const AtaRequest &request, AtaHost &host, std::uint8_t error,
              AtaProtocol protocol = AtaProtocol::Plain);

    const std::shared_ptr<BlockDevice> m_image;
    const std::string m_serial;
    const bool m_isSolidState;
    const std::uint64_t m_sectors;

    std::uint8_t m_multipleCount = 16; // sectors in a block of READ MULTIPLE
    std::uint8_t m_transferMode = 0x45; // UDMA 5, as firmware leaves it
    bool m_isWriteCacheOn = true;
    bool m_isLookAheadOn = true;
    // After a queued command failed, until its log was read (ATA8-ACS 4.16.2 and A.7).
    bool m_hasQueuedError = false;
    std::array<std::uint8_t, 16> m_queuedError = {}; // log page 10h, the bytes that are not zero
};

} // namespace engine
