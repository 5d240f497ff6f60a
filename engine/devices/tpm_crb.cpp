// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/tpm_crb.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

// PTP 6.5.3, table "CRB Interface Register Space"; all of 32 bits.
enum Register : std::uint64_t {
    LocalityState = 0x00,
    LocalityControl = 0x08,
    LocalityStatus = 0x0c,
    InterfaceId = 0x30,
    InterfaceIdHigh = 0x34,
    ControlRequest = 0x40,
    ControlStatus = 0x44,
    ControlCancel = 0x48,
    ControlStart = 0x4c,
    CommandSize = 0x58,
    CommandAddress = 0x5c,
    CommandAddressHigh = 0x60,
    ResponseSize = 0x64,
    ResponseAddress = 0x68,
    ResponseAddressHigh = 0x6c,
};

enum LocalityStateBit : std::uint32_t {
    NotEstablished = 1u << 0, // no dynamic launch: that takes locality 4
    LocalityAssigned = 1u << 1, // to locality 0
    RegistersValid = 1u << 7,
};
enum LocalityControlBit : std::uint32_t { RequestAccess = 1u << 0, Relinquish = 1u << 1 };
enum LocalityStatusBit : std::uint32_t { Granted = 1u << 0 };
enum ControlRequestBit : std::uint32_t { CommandReady = 1u << 0, GoIdle = 1u << 1 };
enum ControlStatusBit : std::uint32_t { FatalError = 1u << 0, Idle = 1u << 1 };

// A CRB (1) of its first version (1), for transfers of up to 64 bytes, and no other interface to
// choose. Maker and device are QEMU's, as guests know that one (QEMU hw/tpm/tpm_crb.c).
constexpr std::uint32_t InterfaceIdValue =
    0x1 | (0x1 << 4) | (0x3 << 11) | (1u << 14) | (0x1 << 17);
constexpr std::uint32_t InterfaceIdHighValue = 0x1014 | (0x0001 << 16);

constexpr std::uint64_t LocalityBytes = 0x1000;

// TPM 2.0 Library, part 2, 6.6.3 and 6.9.
enum ResponseCode : std::uint32_t { CodeFailure = 0x101, CodeCommandSize = 0x142 };
constexpr std::uint16_t TagNoSessions = 0x8001;
constexpr std::size_t HeaderBytes = 10;

constexpr std::uint32_t bitIf(bool isSet, std::uint32_t bit)
{
    return isSet ? bit : 0;
}

std::uint32_t bigEndian32(const std::uint8_t *bytes)
{
    return (std::uint32_t(bytes[0]) << 24) | (std::uint32_t(bytes[1]) << 16)
        | (std::uint32_t(bytes[2]) << 8) | bytes[3];
}

} // namespace

TpmCrb::TpmCrb(std::shared_ptr<TpmBackend> backend)
    : Device("tpm")
    , m_backend(std::move(backend))
{
    m_backend->setReceiver([this](std::vector<std::uint8_t> response) {
        const std::lock_guard guard(lock());
        received(std::move(response));
    });
}

TpmCrb::~TpmCrb()
{
    m_backend->setReceiver({});
}

void TpmCrb::reset()
{
    if (std::exchange(m_isBusy, false))
        ++m_strayResponses;
    m_isGranted = false;
    m_isTpmIdle = true;
    m_hasFailed = false;
    m_isCancelling = false;
    m_buffer.fill(0);
    m_backend->powerCycle();
}

bool TpmCrb::isIdle() const
{
    return !m_isBusy && m_strayResponses == 0 && m_backend->isIdle();
}

std::uint32_t TpmCrb::registerAt(std::uint64_t offset) const
{
    switch (offset) {
    case LocalityState:
        return RegistersValid | NotEstablished | bitIf(m_isGranted, LocalityAssigned);
    case LocalityStatus:
        return bitIf(m_isGranted, Granted);
    case InterfaceId:
        return InterfaceIdValue;
    case InterfaceIdHigh:
        return InterfaceIdHighValue;
    case ControlStatus:
        return bitIf(m_hasFailed, FatalError) | bitIf(m_isTpmIdle, Idle);
    case ControlCancel:
        return m_isCancelling ? 1 : 0;
    case ControlStart:
        return m_isBusy ? 1 : 0;
    case CommandSize:
    case ResponseSize:
        return std::uint32_t(BufferBytes);
    case CommandAddress:
    case ResponseAddress:
        return std::uint32_t(BaseAddress + BufferOffset);
    default: // ControlRequest: what was asked for is done at once
        return 0;
    }
}

std::uint8_t TpmCrb::byteAt(std::uint64_t offset) const
{
    if (offset >= LocalityBytes)
        return 0xff;
    if (offset < BufferOffset)
        return std::uint8_t(registerAt(offset & ~std::uint64_t(3)) >> (8 * (offset & 3)));
    return m_isBusy ? 0xff : m_buffer[std::size_t(offset - BufferOffset)];
}

std::uint64_t TpmCrb::read(unsigned, std::uint64_t offset, unsigned size)
{
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i)
        value |= std::uint64_t(byteAt(offset + i)) << (8 * i);
    return value;
}

void TpmCrb::write(unsigned, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    std::uint32_t word = 0;
    for (unsigned i = 0; i < size; ++i) {
        const std::uint64_t at = offset + i;
        const auto byte = std::uint8_t(value >> (8 * i));
        if (at >= LocalityBytes)
            return;
        if (at >= BufferOffset) {
            if (!m_isBusy)
                m_buffer[std::size_t(at - BufferOffset)] = byte;
            continue;
        }
        // Bits that are not written ask for nothing.
        word |= std::uint32_t(byte) << (8 * (at & 3));
        if ((at & 3) == 3 || i + 1 == size)
            writeRegister(at & ~std::uint64_t(3), std::exchange(word, 0));
    }
}

void TpmCrb::writeRegister(std::uint64_t offset, std::uint32_t value)
{
    switch (offset) {
    case LocalityControl:
        if ((value & Relinquish) != 0)
            m_isGranted = false;
        else if ((value & RequestAccess) != 0)
            m_isGranted = true;
        return;
    case ControlRequest:
        if (m_isBusy)
            return;
        if ((value & CommandReady) != 0)
            m_isTpmIdle = false;
        else if ((value & GoIdle) != 0)
            m_isTpmIdle = true;
        return;
    case ControlCancel:
        m_isCancelling = (value & 1) != 0;
        if (m_isCancelling && m_isBusy)
            m_backend->cancel();
        return;
    case ControlStart:
        // Also from its idle state, as QEMU's does.
        if ((value & 1) != 0 && m_isGranted && !m_isBusy)
            start();
        return;
    default: // of the interface there is nothing to choose, and the rest is read-only
        return;
    }
}

void TpmCrb::start()
{
    const std::size_t bytes = bigEndian32(&m_buffer[2]);
    if (bytes < HeaderBytes || bytes > m_buffer.size())
        return respond(CodeCommandSize);
    m_isTpmIdle = false;
    m_isBusy = true;
    m_backend->submit({m_buffer.begin(), m_buffer.begin() + std::ptrdiff_t(bytes)});
}

void TpmCrb::received(std::vector<std::uint8_t> response)
{
    if (m_strayResponses > 0) {
        --m_strayResponses;
        return;
    }
    if (!m_isBusy)
        return;
    if (response.size() >= HeaderBytes && response.size() <= m_buffer.size())
        return complete(response);
    m_hasFailed = true;
    respond(CodeFailure);
}

void TpmCrb::respond(std::uint32_t code)
{
    const std::array<std::uint8_t, HeaderBytes> response = {TagNoSessions >> 8,
                                                            TagNoSessions & 0xff,
                                                            0,
                                                            0,
                                                            0,
                                                            HeaderBytes,
                                                            std::uint8_t(code >> 24),
                                                            std::uint8_t(code >> 16),
                                                            std::uint8_t(code >> 8),
                                                            std::uint8_t(code)};
    complete(response);
}

void TpmCrb::complete(std::span<const std::uint8_t> response)
{
    m_isBusy = false;
    m_buffer.fill(0); // a command may hold secrets
    std::ranges::copy(response, m_buffer.begin());
}

void TpmCrb::serialize(StateArchive &archive, std::uint32_t)
{
    TpmState tpm;
    if (!archive.isLoading()) {
        Result<TpmState> saved = m_backend->save();
        if (!saved)
            return archive.fail(saved.error().text());
        tpm = std::move(*saved);
    }
    archive.value(m_isGranted);
    archive.value(m_isTpmIdle);
    archive.value(m_hasFailed);
    archive.value(m_isCancelling);
    archive.bytes(m_buffer);
    for (TpmState::Part &part : tpm.parts) {
        archive.value(part.flags);
        archive.list(part.bytes, TpmState::MaxPartBytes);
    }
    if (!archive.isLoading() || archive.hasFailed())
        return;
    if (const Result<> restored = m_backend->restore(tpm); !restored)
        archive.fail(restored.error().text());
}

} // namespace engine
