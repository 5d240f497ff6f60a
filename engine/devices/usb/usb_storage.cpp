// SPDX-License-Identifier: GPL-3.0-or-later
// Bulk-Only Transport 1.0: requests 3, wrappers 5, errors 6.
#include "engine/devices/usb/usb_storage.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

// As QEMU's stick.
constexpr std::uint16_t StickVendor = 0x46f4;
constexpr std::uint16_t StickProduct = 0x0001;
constexpr std::array<std::uint8_t, 3> BulkOnlyScsi = {8, 6, 0x50};
// Of bulk endpoints: USB 2.0, 5.8.3; USB 3.2, 9.6.6, and the longest burst, 9.6.7.
constexpr std::uint16_t HighSpeedPacket = 512;
constexpr std::uint16_t SuperSpeedPacket = 1024;
constexpr std::uint8_t LongestBurst = 15;

enum BulkOnlyRequest : std::uint16_t { // with the request's type in the high byte
    BulkOnlyReset = 0x21ff,
    GetMaxLun = 0xa1fe,
};
constexpr std::uint32_t CommandSignature = 0x43425355; // "USBC"
constexpr std::uint32_t StatusSignature = 0x53425355; // "USBS"
constexpr std::size_t CommandBytes = 31;
constexpr std::size_t StatusBytes = 13;
constexpr std::size_t LongestScsi = 16;
constexpr std::size_t MaxBufferBytes = 32u << 20;

std::string capitals(std::string text) // as hexadecimal digits have to be (4.1.1)
{
    for (char &each : text)
        if (each >= 'a' && each <= 'z')
            each = char(each - 'a' + 'A');
    return text;
}

} // namespace

UsbStorage::UsbStorage(std::shared_ptr<BlockDevice> image, Settings settings, Later later)
    : UsbModel({.name = "usb-storage",
                .speed = settings.speed,
                .knowsSuperSpeed = true,
                .vendorId = StickVendor,
                .productId = StickProduct,
                .product = settings.kind == Kind::Stick ? "USB Stick" : "USB Disk",
                .serial = capitals(settings.serial),
                .interfaceClass = BulkOnlyScsi,
                .endpoints = {bulkEndpoint(InEndpoint, settings.speed),
                              bulkEndpoint(OutEndpoint, settings.speed)}},
               std::move(later))
    , m_image(std::move(image))
    , m_serial(std::move(settings.serial))
    , m_kind(settings.kind)
{ }

UsbModel::Endpoint UsbStorage::bulkEndpoint(std::uint8_t address, UsbLinkSpeed speed)
{
    const bool isSuper = speed == UsbLinkSpeed::Super;
    return {.address = address,
            .kind = UsbTransferKind::Bulk,
            .packetBytes = isSuper ? SuperSpeedPacket : HighSpeedPacket,
            .burst = isSuper ? LongestBurst : std::uint8_t(0)};
}

bool UsbStorage::isIdle() const
{
    const Locked locked(mutex());
    return !m_isBusy && UsbModel::isIdle();
}

bool UsbStorage::request(const UsbSetup &setup, std::vector<std::uint8_t> &data)
{
    switch (setup.requestType << 8 | setup.request) {
    case BulkOnlyReset:
        resetModel();
        return setup.index == 0;
    case GetMaxLun:
        data = {0};
        return setup.index == 0;
    default:
        return false;
    }
}

// A request that the image has is not waited for: its answer is of an older generation.
void UsbStorage::resetModel()
{
    ++m_generation;
    m_phase = Phase::Command;
    m_tag = 0;
    m_wanted = 0;
    m_isToHost = false;
    m_status = 0;
    m_residue = 0;
    m_sense = {};
    m_buffer.clear();
    m_bufferStart = 0;
    m_offset = 0;
    m_left = 0;
    m_filled = 0;
}

void UsbStorage::transfersWait()
{
    for (bool isMoving = true; isMoving && !m_isBusy;) {
        const Phase before = m_phase;
        const std::size_t count = waiting(InEndpoint).size() + waiting(OutEndpoint).size();
        switch (m_phase) {
        case Phase::Command:
            if (!waiting(OutEndpoint).empty()) {
                std::shared_ptr<UsbTransfer> transfer = std::move(waiting(OutEndpoint).front());
                waiting(OutEndpoint).pop_front();
                const bool isCommand = transfer->data.size() == CommandBytes
                    && loadLe<std::uint32_t>(transfer->data.data()) == CommandSignature;
                if (!isCommand) { // 6.6.1: until the host resets it
                    finish(std::move(transfer), UsbOutcome::Stalled, 0);
                    halt(OutEndpoint);
                    halt(InEndpoint);
                    break;
                }
                takeCommand(*transfer);
                finish(std::move(transfer), UsbOutcome::Done, CommandBytes);
            }
            break;
        case Phase::ToHost:
            sendData();
            break;
        case Phase::FromHost:
            takeData();
            break;
        case Phase::Status:
            sendStatus();
            break;
        }
        isMoving =
            before != m_phase || count != waiting(InEndpoint).size() + waiting(OutEndpoint).size();
    }
}

void UsbStorage::takeCommand(const UsbTransfer &transfer)
{
    const std::uint8_t *const raw = transfer.data.data();
    m_tag = loadLe<std::uint32_t>(raw + 4);
    m_wanted = loadLe<std::uint32_t>(raw + 8);
    m_isToHost = (raw[12] & UsbToHost) != 0;
    m_status = 0;
    m_residue = m_wanted;
    m_buffer.clear();
    m_bufferStart = 0;
    m_left = 0;
    m_filled = 0;
    std::array<std::uint8_t, LongestScsi> command = {};
    std::copy_n(raw + 15, std::min<std::size_t>(raw[14] & 31, LongestScsi), command.begin());
    m_phase = m_wanted == 0 ? Phase::Status : m_isToHost ? Phase::ToHost : Phase::FromHost;
    if ((raw[13] & 15) != 0)
        refuse({5, 0x25, 0}); // LOGICAL UNIT NOT SUPPORTED
    else
        execute(command);
}

// To the host

void UsbStorage::sendData()
{
    auto &queue = waiting(InEndpoint);
    while (!queue.empty() && m_phase == Phase::ToHost) {
        UsbTransfer &transfer = *queue.front();
        if (std::exchange(m_filling, &transfer) != &transfer || m_filled > transfer.data.size())
            m_filled = 0; // the one before was cancelled
        const std::size_t count =
            std::min({transfer.data.size() - m_filled, m_buffer.size() - m_bufferStart,
                      std::size_t(m_residue)});
        std::copy_n(m_buffer.begin() + std::ptrdiff_t(m_bufferStart), count,
                    transfer.data.begin() + std::ptrdiff_t(m_filled));
        m_filled += count;
        m_bufferStart += count;
        m_residue -= std::uint32_t(count);
        const bool isAllSent = m_residue == 0 || (m_bufferStart == m_buffer.size() && m_left == 0);
        if (m_filled < transfer.data.size() && !isAllSent) {
            const std::size_t room = transfer.data.size() - m_filled;
            const std::size_t wanted = (room + BlockBytes - 1) / BlockBytes * BlockBytes;
            return submit(
                BlockOperation::Read, m_offset,
                std::size_t(std::min<std::uint64_t>(std::min(wanted, PieceBytes), m_left)));
        }
        // 6.7.2: less than was wanted ends with a short packet, or a stall where none would be.
        const bool isShort = m_filled < transfer.data.size();
        if (isAllSent && m_filled == 0 && m_residue > 0)
            return endData();
        std::shared_ptr<UsbTransfer> done = std::move(queue.front());
        queue.pop_front();
        m_filling = nullptr;
        const std::size_t filled = std::exchange(m_filled, 0);
        finish(std::move(done), UsbOutcome::Done, filled);
        if (isAllSent && (isShort || m_residue == 0))
            m_phase = Phase::Status;
    }
}

// From the host

void UsbStorage::takeData()
{
    auto &queue = waiting(OutEndpoint);
    while (!queue.empty() && m_phase == Phase::FromHost) {
        const std::size_t rest = m_buffer.size();
        UsbTransfer &transfer = *queue.front();
        if (m_left == 0 || rest > MaxBufferBytes)
            return endData(); // nobody wants it
        const std::uint64_t count =
            std::min({std::uint64_t(transfer.data.size()),
                      m_left - std::min<std::uint64_t>(rest, m_left), std::uint64_t(m_residue)});
        m_buffer.insert(m_buffer.end(), transfer.data.begin(),
                        transfer.data.begin() + std::ptrdiff_t(count));
        m_residue -= std::uint32_t(count);
        transfer.actual = std::size_t(count);
        const std::size_t whole = m_buffer.size() / BlockBytes * BlockBytes;
        if (whole > 0) // the transfer is answered when it is written
            return submit(BlockOperation::Write, m_offset, whole);
        std::shared_ptr<UsbTransfer> done = std::move(queue.front());
        queue.pop_front();
        const std::size_t moved = done->data.size();
        finish(std::move(done), UsbOutcome::Done, moved);
        if (m_residue == 0)
            m_phase = Phase::Status;
        if (moved == 0)
            return;
    }
}

void UsbStorage::endData()
{
    const std::uint8_t endpoint = m_phase == Phase::ToHost ? InEndpoint : OutEndpoint;
    m_phase = Phase::Status;
    m_left = 0;
    m_buffer.clear();
    m_bufferStart = 0;
    m_filled = 0;
    halt(endpoint);
}

void UsbStorage::sendStatus()
{
    auto &queue = waiting(InEndpoint);
    if (queue.empty())
        return;
    std::array<std::uint8_t, StatusBytes> status = {};
    storeLe(&status[0], StatusSignature);
    storeLe(&status[4], m_tag);
    storeLe(&status[8], m_residue);
    status[12] = m_status;
    std::shared_ptr<UsbTransfer> transfer = std::move(queue.front());
    queue.pop_front();
    finishWith(std::move(transfer), status);
    m_phase = Phase::Command;
}

// The image

void UsbStorage::submit(BlockOperation operation, std::uint64_t offset, std::size_t length)
{
    // Shared with the request: a reset does not wait for it.
    auto bytes = std::make_shared<std::vector<std::uint8_t>>(length);
    BlockRequest request;
    request.operation = operation;
    request.offset = offset;
    request.length = length;
    if (operation == BlockOperation::Write)
        std::copy_n(m_buffer.begin(), length, bytes->begin());
    if (length > 0)
        request.buffers = {{bytes->data(), length}};
    m_isBusy = true;
    m_operation = operation;
    request.completed = [self = shared_from_this(), bytes, length,
                         generation = m_generation](Result<> result) mutable {
        {
            const Locked locked(self->mutex());
            if (self->m_operation == BlockOperation::Read && self->m_generation == generation
                && result) {
                self->m_buffer = std::move(*bytes);
                self->m_bufferStart = 0;
            }
            if (self->m_operation == BlockOperation::Write && self->m_generation == generation)
                self->m_buffer.erase(self->m_buffer.begin(),
                                     self->m_buffer.begin() + std::ptrdiff_t(length));
            if (self->m_operation != BlockOperation::Flush && self->m_generation == generation) {
                self->m_offset += length;
                self->m_left -= std::min<std::uint64_t>(length, self->m_left);
            }
            self->imageAnswered(generation, result);
        }
        // Who goes away in an image's answer may take the image along, which cannot bear that.
        const Later &later = self->later();
        later([kept = std::move(self)] {});
    };
    m_image->submit(std::move(request));
}

void UsbStorage::imageAnswered(std::uint64_t generation, const Result<> &result)
{
    m_isBusy = false;
    if (generation != m_generation)
        return transfersWait();
    if (!result) {
        // MEDIUM ERROR: unrecovered read error, or write error.
        m_status = 1;
        m_sense = m_operation == BlockOperation::Read ? Sense{3, 0x11, 0} : Sense{3, 0x0c, 0};
        if (m_phase == Phase::ToHost || m_phase == Phase::FromHost)
            endData();
        return transfersWait();
    }
    if (m_operation == BlockOperation::Write && !waiting(OutEndpoint).empty()) {
        std::shared_ptr<UsbTransfer> transfer = std::move(waiting(OutEndpoint).front());
        waiting(OutEndpoint).pop_front();
        const std::size_t moved = transfer->data.size();
        finish(std::move(transfer), UsbOutcome::Done, moved);
    }
    if (m_phase == Phase::FromHost && m_residue == 0)
        m_phase = Phase::Status;
    transfersWait();
}

void UsbStorage::serializeModel(StateArchive &archive)
{
    archive.value(m_phase);
    archive.value(m_tag);
    archive.value(m_wanted);
    archive.value(m_isToHost);
    archive.value(m_status);
    archive.value(m_residue);
    archive.value(m_sense.key);
    archive.value(m_sense.code);
    archive.value(m_sense.qualifier);
    archive.value(m_offset);
    archive.value(m_left);
    auto start = std::uint64_t(m_bufferStart);
    archive.value(start);
    archive.list(m_buffer, MaxBufferBytes);
    if (!archive.isLoading())
        return;
    m_bufferStart = std::size_t(start);
    m_filled = 0;
    const std::uint64_t size = m_image->sizeBytes();
    if (!archive.hasFailed()
        && (m_phase > Phase::Status || m_bufferStart > m_buffer.size() || m_offset > size
            || m_left > size - m_offset || m_offset % BlockBytes != 0 || m_left % BlockBytes != 0))
        archive.fail("it is at a place in its contents that there is not");
    if (archive.hasFailed())
        resetModel();
}

} // namespace engine
