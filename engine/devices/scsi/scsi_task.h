// SPDX-License-Identifier: GPL-3.0-or-later
// The seam between a SCSI logical unit and what carries its commands: an ATAPI drive's port, or a
// virtio-scsi controller. A unit knows commands (SPC-4, SBC-3, MMC-6), a task knows the way.
//
// Everything with the controller's lock held.
#pragma once

#include "engine/block/block_device.h"
#include "engine/bus/state_archive.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine {

// Sense key, additional code and qualifier (SPC-4 4.5).
struct ScsiSense
{
    std::uint8_t key = 0;
    std::uint8_t code = 0;
    std::uint8_t qualifier = 0;

    bool operator==(const ScsiSense &) const = default;
};

// A command under way. The unit ends it by one of answer() and fail(), now or later.
class ScsiTask
{
public:
    static constexpr std::size_t CommandBytes = 32;
    using Command = std::array<std::uint8_t, CommandBytes>; // zeros behind a shorter one

    explicit ScsiTask(const Command &commandBytes)
        : command(commandBytes)
    { }
    virtual ~ScsiTask() = default;
    ScsiTask(const ScsiTask &) = delete;
    ScsiTask &operator=(const ScsiTask &) = delete;

    const Command command; // copied out of guest memory

    // GOOD, after these bytes that the unit made up: as many of them as the guest has room for.
    virtual void answer(std::span<const std::uint8_t> data) = 0;
    virtual void fail(const ScsiSense &sense) = 0; // CHECK CONDITION
    // The guest's buffers for the medium's data, at most `bytes` of them; appends. The answer is
    // how many bytes that is. Nothing when they are not to be had: the task is ended then, and the
    // unit leaves it alone.
    virtual std::optional<std::uint64_t> buffers(BlockOperation operation, std::uint64_t bytes,
                                                 std::vector<iovec> &pieces) = 0;
    // Parameters that the guest sends along. Otherwise the same.
    virtual std::optional<std::uint64_t> receive(std::span<std::uint8_t> parameters) = 0;
    // Sends a request on its way (its `completed` is the task's). `then` is called later with the
    // lock held, or never, when the task was given up in between.
    virtual void submit(std::shared_ptr<BlockDevice> image, BlockRequest request,
                        std::function<void(Result<>)> then) = 0;
};

using ScsiTaskPtr = std::shared_ptr<ScsiTask>;

class ScsiUnit
{
public:
    virtual ~ScsiUnit() = default;
    virtual void execute(const ScsiTaskPtr &task) = 0;
    // What the next command is told instead of being done, and forgets (UNIT ATTENTION); key 0:
    // none.
    virtual ScsiSense takeAttention() = 0;
    virtual void reset() = 0; // as after power-on
    virtual void serialize(StateArchive &archive) = 0;
};

// Fixed format (SPC-4 4.5.3).
std::array<std::uint8_t, 18> fixedSense(const ScsiSense &sense);

// What every unit tells alike (SPC-4 7.8): the list of pages, serial number and names; empty: not
// one of these. `more`: other pages that the unit has, in ascending order.
std::vector<std::uint8_t> vitalPage(std::uint8_t deviceType, std::uint8_t page,
                                    const std::string &serial,
                                    std::span<const std::uint8_t> more = {});
// REPORT LUNS of a target whose only unit is number 0 (SPC-4 6.33).
std::array<std::uint8_t, 16> onlyUnit();

} // namespace engine
