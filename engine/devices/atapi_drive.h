// SPDX-License-Identifier: GPL-3.0-or-later
// A SATA DVD-ROM drive: the few ATA commands such a drive has (ATA8-ACS 4.3), and packets for the
// OpticalUnit behind them.
//
// With the host adapter's lock held.
#pragma once

#include "engine/devices/ata_device.h"
#include "engine/devices/scsi/optical_unit.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace engine {

class AtapiDrive final : public AtaDevice
{
public:
    AtapiDrive(std::shared_ptr<BlockDevice> medium, std::string serial,
               std::function<void()> ejected);

    OpticalUnit &unit() { return m_unit; }

    AtaResult signature() const override;
    bool isQueued(std::uint8_t) const override { return false; }
    void execute(const AtaRequest &request, AtaHost &host) override;
    void resetLink() override;
    void reset() override;
    void serialize(StateArchive &archive) override;

private:
    class Task;

    void packet(const AtaRequest &request, AtaHost &host);
    void identify(const AtaRequest &request, AtaHost &host);
    void setFeatures(const AtaRequest &request, AtaHost &host);
    void abort(const AtaRequest &request, AtaHost &host);

    const std::string m_serial;
    OpticalUnit m_unit;
    ScsiSense m_sense; // of the last packet, until it is asked for
    std::uint8_t m_transferMode = 0x45;
};

} // namespace engine
