// SPDX-License-Identifier: GPL-3.0-or-later
// A TPM 2.0 as guests see it: the command/response buffer of the TCG's PC Client Platform TPM
// Profile (PTP) 1.04, 6.5.3, with locality 0 only. A command is written to the buffer, started by a
// register, and its response read from there; meanwhile the vCPU runs on. Interrupts are not
// offered: every driver asks, as it does of QEMU's.
//
// Region 0 is all five localities, at a fixed address. Commands are the backend's; what comes back
// comes on the io thread.
#pragma once

#include "engine/bus/device.h"
#include "engine/host/tpm_backend.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engine {

class TpmCrb final : public Device
{
public:
    static constexpr std::uint64_t BaseAddress = 0xfed40000; // PTP 6.2
    static constexpr std::uint64_t RegionBytes = 0x5000;
    static constexpr std::uint64_t ControlArea = 0x40; // where the ACPI table points to
    static constexpr std::uint64_t BufferOffset = 0x80;
    static constexpr std::size_t BufferBytes = 0x1000 - BufferOffset;

    explicit TpmCrb(std::shared_ptr<TpmBackend> backend);
    ~TpmCrb() override;

    void reset() override;
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serialize(StateArchive &archive, std::uint32_t version) override;
    bool isIdle() const override;

private:
    std::uint8_t byteAt(std::uint64_t offset) const;
    std::uint32_t registerAt(std::uint64_t offset) const;
    void writeRegister(std::uint64_t offset, std::uint32_t value);
    void start();
    void received(std::vector<std::uint8_t> response);
    void respond(std::uint32_t code);
    void complete(std::span<const std::uint8_t> response);

    std::shared_ptr<TpmBackend> m_backend;
    bool m_isGranted = false; // the guest has locality 0
    bool m_isTpmIdle =
        true; // its state of that name, PTP 6.5.3.5: it has no command and wants none
    bool m_hasFailed = false; // for good
    bool m_isCancelling = false; // the register
    bool m_isBusy = false; // with the command in the buffer
    unsigned m_strayResponses = 0; // on their way, to commands of before a reset
    std::array<std::uint8_t, BufferBytes> m_buffer = {};
};

} // namespace engine
