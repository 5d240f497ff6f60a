// SPDX-License-Identifier: GPL-3.0-or-later
// A disk or optical drive as its SATA port sees it (ATA8-ACS; Serial ATA 3.1, 10.3 for the FISes),
// and the port as the drive sees it. Everything with the host adapter's lock held.
#pragma once

#include "engine/base/bytes.h"
#include "engine/block/block_device.h"
#include "engine/bus/state_archive.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace engine {

// ATA8-ACS 6.1: status and error registers.
enum AtaStatus : std::uint8_t {
    AtaError = 0x01,
    AtaDataRequest = 0x08,
    AtaSeekComplete = 0x10,
    AtaDeviceFault = 0x20,
    AtaReady = 0x40,
    AtaBusy = 0x80,
};
enum AtaErrorBit : std::uint8_t {
    AtaAborted = 0x04,
    AtaIdNotFound = 0x10,
    AtaUncorrectable = 0x40,
};

// A command, copied out of guest memory.
struct AtaRequest
{
    unsigned slot = 0;
    std::array<std::uint8_t, 20> fis = {}; // Register Host to Device
    std::array<std::uint8_t, 16> packet = {};

    std::uint8_t command() const { return fis[2]; }
    std::uint16_t features() const { return std::uint16_t(fis[3] | (fis[11] << 8)); }
    std::uint16_t count() const { return std::uint16_t(fis[12] | (fis[13] << 8)); }
    std::uint8_t device() const { return fis[7]; }
    std::uint64_t lba() const // 48 bits
    {
        return (loadLe<std::uint32_t>(&fis[4]) & 0xffffffu)
            | (std::uint64_t(loadLe<std::uint32_t>(&fis[8]) & 0xffffffu) << 24);
    }
};

// How a command's data and end travel.
enum class AtaProtocol : std::uint8_t {
    Plain, // no data, or DMA: ends with a Register FIS
    PioIn, // ends with the PIO Setup FIS before the data
    PioOut,
    PacketPio, // PIO Setup before the data, a Register FIS at the end
    Queued, // NCQ: ends with a Set Device Bits FIS
};

struct AtaResult
{
    AtaProtocol protocol = AtaProtocol::Plain;
    std::uint8_t status = AtaReady | AtaSeekComplete;
    std::uint8_t error = 0;
    std::uint8_t device = 0;
    std::uint16_t count = 0;
    std::uint64_t lba = 0;
};

// The port, for the drive.
class AtaHost
{
public:
    virtual ~AtaHost() = default;
    // The guest's buffers of this command, at most `bytes` of them; appends. The answer is how many
    // bytes that is. Nothing when a part is no RAM: the port has failed the command then, and the
    // drive leaves it alone.
    virtual std::optional<std::uint64_t> buffers(const AtaRequest &request, std::uint64_t bytes,
                                                 std::vector<iovec> &pieces) = 0;
    // Data that the drive made up, or wants to look at: all that fits. Otherwise the same.
    virtual std::optional<std::uint64_t> send(const AtaRequest &request,
                                              std::span<const std::uint8_t> data) = 0;
    virtual std::optional<std::uint64_t> receive(const AtaRequest &request,
                                                 std::span<std::uint8_t> data) = 0;
    // Sends a request on its way (its `completed` is the port's). `then` is called later with the
    // lock held, or never, when the command was given up in between.
    virtual void submit(const AtaRequest &request, std::shared_ptr<BlockDevice> image,
                        BlockRequest blockRequest, std::function<void(Result<>)> then) = 0;
    virtual void finish(const AtaRequest &request, const AtaResult &result) = 0;
};

class AtaDevice
{
public:
    virtual ~AtaDevice() = default;
    // What the device says after a reset (ATA8-ACS 9.12): count, LBA, error and status.
    virtual AtaResult signature() const = 0;
    virtual bool isQueued(std::uint8_t command) const = 0; // by NCQ
    // Answers with one call of finish(), now or later.
    virtual void execute(const AtaRequest &request, AtaHost &host) = 0;
    // COMRESET, software reset: what was in progress is forgotten.
    virtual void resetLink() = 0;
    virtual void reset() = 0; // as after power-on
    virtual void serialize(StateArchive &archive) = 0;
};

// An ATA string: two characters in a word, swapped, filled with spaces (ATA8-ACS 3.3.10).
void storeAtaString(std::span<std::uint8_t> field, std::string_view text);
// IDENTIFY data's last word (ATA8-ACS 7.16.7.90).
void storeAtaChecksum(std::span<std::uint8_t, 512> data);

} // namespace engine
