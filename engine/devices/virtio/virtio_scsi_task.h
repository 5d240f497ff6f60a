// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of VIRTIO 1.1, 5.6.6, and one command on its way through a VirtioScsi.
#pragma once

#include "engine/devices/virtio/virtio_scsi.h"

namespace engine::virtio {

// 5.6.6.1: response codes.
enum ScsiResponse : std::uint8_t {
    ScsiOk = 0,
    ScsiOverrun = 1,
    ScsiAborted = 2,
    ScsiBadTarget = 3,
    ScsiReset = 4,
    ScsiFailure = 9,
    ScsiFunctionSucceeded = 10, // 5.6.6.2, as the following
    ScsiFunctionRejected = 11,
    ScsiIncorrectUnit = 12,
};

// struct virtio_scsi_req_cmd, before the command itself.
inline constexpr std::size_t ScsiRequestBytes = 19;
inline constexpr std::size_t ScsiTagOffset = 8;
// struct virtio_scsi_req_cmd's answer, before the sense.
enum ScsiAnswer : std::size_t {
    SenseLength = 0,
    Residual = 4,
    StatusQualifier = 8,
    ScsiStatus = 10,
    Response = 11,
    ScsiAnswerBytes = 12,
};

class VirtioScsi::Task final : public ScsiTask, public std::enable_shared_from_this<Task>
{
public:
    Task(VirtioScsi &device, const Command &commandBytes, Chain chain, const Address &unitAddress,
         std::uint64_t commandTag);

    void answer(std::span<const std::uint8_t> data) override;
    void fail(const ScsiSense &sense) override;
    std::optional<std::uint64_t> buffers(BlockOperation operation, std::uint64_t bytes,
                                         std::vector<iovec> &pieces) override;
    std::optional<std::uint64_t> receive(std::span<std::uint8_t> parameters) override;
    void submit(std::shared_ptr<BlockDevice> image, BlockRequest request,
                std::function<void(Result<>)> then) override;

    // Ends without the unit.
    void end(std::uint8_t response) { finish(response, 0, {}); }
    // It is answered with this when it comes back, whatever the unit says.
    void abort(std::uint8_t response) { m_aborted = response; }

    const Address address;
    const std::uint64_t tag;
    bool isAtImage = false;

private:
    void returned(const std::function<void(Result<>)> &then, Result<> result);
    void finish(std::uint8_t response, std::uint8_t status, std::span<const std::uint8_t> sense);

    VirtioScsi &m_device;
    const Chain m_chain;
    const std::size_t m_requestBytes; // before data of the guest's
    const std::size_t m_answerBytes; // before data for the guest
    const unsigned m_generation;
    std::uint64_t m_moved = 0; // of the data
    std::optional<std::uint8_t> m_aborted;
    bool m_isEnded = false;
};

} // namespace engine::virtio
