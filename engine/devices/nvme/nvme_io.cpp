// SPDX-License-Identifier: GPL-3.0-or-later
// The NVM command set (6), and the memory that commands name (4.3).
#include "engine/base/log.h"
#include "engine/devices/nvme/nvme.h"

#include <algorithm>

namespace engine::nvme {

namespace {

constexpr std::uint32_t ForceUnitAccess = 1u << 30; // word 12
constexpr std::uint32_t Deallocate = 1u << 2; // word 11 of dataset management
constexpr std::size_t RangeBytes = 16; // attributes, blocks, the first of them

} // namespace

void Controller::executeIo(const Entry &entry, const Command &command)
{
    const bool isForAll = entry.opcode() == nvme::Flush && entry.space() == AllNamespaces;
    if (entry.space() != NamespaceId && !isForAll)
        return complete(command, InvalidNamespace);
    switch (entry.opcode()) {
    case nvme::Read:
        return transfer(entry, command, BlockOperation::Read);
    case nvme::Write:
        return transfer(entry, command, BlockOperation::Write);
    case nvme::WriteZeroes:
        return writeZeroes(entry, command);
    case DatasetManagement:
        return deallocate(entry, command);
    case nvme::Flush:
        if (m_image->isReadOnly())
            return complete(command, Success);
        return submit(command, {.operation = BlockOperation::Flush}, false);
    default:
        return complete(command, InvalidOpcode);
    }
}

std::uint16_t Controller::rangeStatus(std::uint64_t block, std::uint64_t count, bool isWrite) const
{
    if (block > blockCount() || count > blockCount() - block)
        return LbaOutOfRange;
    return isWrite && m_image->isReadOnly() ? ReadOnlyRange : Success;
}

// 6.9, 6.15
void Controller::transfer(const Entry &entry, const Command &command, BlockOperation operation)
{
    const bool isWrite = operation == BlockOperation::Write;
    const std::uint64_t block = entry.word(10) | (std::uint64_t(entry.word(11)) << 32);
    const std::uint64_t count = (entry.word(12) & 0xffff) + 1;
    if (count * BlockBytes > MostTransferBytes)
        return complete(command, InvalidField);
    if (const std::uint16_t status = rangeStatus(block, count, isWrite); status != Success)
        return complete(command, status);
    BlockRequest request;
    request.operation = operation;
    request.offset = block * BlockBytes;
    request.length = count * BlockBytes;
    if (const std::uint16_t status = map(entry, request.length, request.buffers); status != Success)
        return complete(command, status);
    const bool isThrough =
        (entry.word(12) & ForceUnitAccess) != 0 || (m_features[VolatileWriteCache] & 1) == 0;
    submit(command, std::move(request), isWrite && isThrough);
}

// 6.16
void Controller::writeZeroes(const Entry &entry, const Command &command)
{
    const std::uint64_t block = entry.word(10) | (std::uint64_t(entry.word(11)) << 32);
    const std::uint64_t count = (entry.word(12) & 0xffff) + 1;
    if (const std::uint16_t status = rangeStatus(block, count, true); status != Success)
        return complete(command, status);
    const bool isThrough =
        (entry.word(12) & ForceUnitAccess) != 0 || (m_features[VolatileWriteCache] & 1) == 0;
    submit(command,
           {.operation = BlockOperation::WriteZeroes,
            .offset = block * BlockBytes,
            .length = count * BlockBytes},
           isThrough);
}

// 6.7: a list of ranges; what is only advice is taken as read.
void Controller::deallocate(const Entry &entry, const Command &command)
{
    const std::size_t count = (entry.word(10) & 0xff) + 1;
    if ((entry.word(11) & Deallocate) == 0)
        return complete(command, Success);
    Buffers pieces;
    if (const std::uint16_t status = map(entry, count * RangeBytes, pieces); status != Success)
        return complete(command, status);
    std::vector<std::uint8_t> list;
    list.reserve(count * RangeBytes);
    for (const iovec &piece : pieces) {
        const auto *const begin = static_cast<const std::uint8_t *>(piece.iov_base);
        list.insert(list.end(), begin, begin + piece.iov_len);
    }
    std::vector<BlockRequest> requests;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t *const range = &list[i * RangeBytes];
        const std::uint64_t blocks = loadLe<std::uint32_t>(range + 4);
        const std::uint64_t first = loadLe<std::uint64_t>(range + 8);
        if (const std::uint16_t status = rangeStatus(first, blocks, true); status != Success)
            return complete(command, status);
        if (blocks > 0)
            requests.push_back({.operation = BlockOperation::Discard,
                                .offset = first * BlockBytes,
                                .length = blocks * BlockBytes});
    }
    if (requests.empty() || !m_image->canDiscard())
        return complete(command, Success);
    // The last answer completes the command; a discard that failed is one that did nothing.
    auto left = std::make_shared<std::size_t>(requests.size());
    for (BlockRequest &request : requests) {
        ++m_inFlight;
        request.completed = [this, command, left](const Result<> &) {
            const std::lock_guard guard(lock());
            --m_inFlight;
            if (isStale(command))
                return forgetStale();
            if (--*left == 0)
                requestDone(command, BlockOperation::Discard, true, false);
        };
        m_image->submit(std::move(request));
    }
}

void Controller::submit(const Command &command, BlockRequest request, bool isFlushedAfterwards)
{
    ++m_inFlight;
    request.completed = [this, command, operation = request.operation,
                         isFlushedAfterwards](const Result<> &result) {
        const std::lock_guard guard(lock());
        --m_inFlight;
        if (!result)
            log(LogLevel::Debug, name(), result.error().text());
        if (isStale(command))
            return forgetStale();
        requestDone(command, operation, result.has_value(), isFlushedAfterwards);
    };
    m_image->submit(std::move(request));
}

void Controller::requestDone(const Command &command, BlockOperation operation, bool isGood,
                             bool isFlushedAfterwards)
{
    if (isGood && isFlushedAfterwards)
        return submit(command, {.operation = BlockOperation::Flush}, false);
    complete(command,
             isGood                                  ? Success
                 : operation == BlockOperation::Read ? UnrecoveredRead
                                                     : WriteFault);
    // There is room for another completion than before only when the host says so, but a queue
    // that was full of commands under way goes on.
    process(command.queue);
}

// Two pages, or one and a list of the others: pages of it whose last entry names the next.
std::uint16_t Controller::map(const Entry &entry, std::uint64_t bytes, Buffers &buffers) const
{
    const GuestMemory *const memory = dma();
    if (!memory)
        return DataTransferError;
    std::vector<std::span<std::uint8_t>> pieces;
    const auto add = [&](std::uint64_t address, std::uint64_t size) {
        return memory->spans(address, size, pieces);
    };
    const std::uint64_t first = entry.prp(0);
    if (first % 4 != 0)
        return InvalidPrpOffset;
    const std::uint64_t inFirst = std::min(bytes, PageBytes - first % PageBytes);
    if (!add(first, inFirst))
        return DataTransferError;
    std::uint64_t left = bytes - inFirst;
    if (left > 0 && left <= PageBytes) {
        if (entry.prp(1) % PageBytes != 0)
            return InvalidPrpOffset;
        if (!add(entry.prp(1), left))
            return DataTransferError;
        left = 0;
    }
    std::uint64_t list = entry.prp(1);
    if (left > 0 && list % 8 != 0)
        return InvalidPrpOffset;
    std::array<std::uint8_t, PageBytes> page;
    while (left > 0) {
        const auto entries = std::size_t((PageBytes - list % PageBytes) / 8);
        const std::size_t pages = std::size_t((left + PageBytes - 1) / PageBytes);
        const std::span<std::uint8_t> used = std::span(page).first(8 * std::min(entries, pages));
        if (!memory->read(list, used))
            return DataTransferError;
        const bool isLast = pages <= entries;
        const std::size_t named = isLast ? pages : entries - 1;
        for (std::size_t i = 0; i < named; ++i) {
            const auto address = loadLe<std::uint64_t>(&used[8 * i]);
            const std::uint64_t size = std::min(left, PageBytes);
            if (address % PageBytes != 0)
                return InvalidPrpOffset;
            if (!add(address, size))
                return DataTransferError;
            left -= size;
        }
        if (isLast)
            break;
        // From its beginning, so that each names at least 511 pages.
        list = loadLe<std::uint64_t>(&used[8 * named]);
        if (list % PageBytes != 0)
            return InvalidPrpOffset;
    }
    buffers.reserve(pieces.size());
    for (const std::span<std::uint8_t> piece : pieces) {
        if (!buffers.empty()
            && static_cast<std::uint8_t *>(buffers.back().iov_base) + buffers.back().iov_len
                == piece.data())
            buffers.back().iov_len += piece.size();
        else
            buffers.push_back({piece.data(), piece.size()});
    }
    return Success;
}

std::uint16_t Controller::send(const Entry &entry, std::span<const std::uint8_t> data) const
{
    Buffers pieces;
    if (const std::uint16_t status = map(entry, data.size(), pieces); status != Success)
        return status;
    for (const iovec &piece : pieces) {
        std::copy_n(data.begin(), piece.iov_len, static_cast<std::uint8_t *>(piece.iov_base));
        data = data.subspan(piece.iov_len);
    }
    return Success;
}

} // namespace engine::nvme
