// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/scsi/scsi_disk.h"

#include "engine/base/bytes.h"
#include "engine/base/log.h"
#include "engine/devices/scsi/scsi_commands.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace engine {

using namespace scsi;

namespace {

constexpr std::uint8_t DiskType = 0;
// SBC-3 6.5: pages of vital product data.
constexpr std::uint8_t LimitsPage = 0xb0;
constexpr std::uint8_t CharacteristicsPage = 0xb1;
constexpr std::uint8_t ProvisioningPage = 0xb2;
constexpr std::size_t LimitsBytes = 0x40; // with the header
// READ and WRITE of at most so much: what one request to an image is.
constexpr std::uint32_t MaxTransferBlocks = 65536;

std::uint32_t clamped(std::uint64_t value)
{
    return std::uint32_t(std::min<std::uint64_t>(value, 0xffffffff));
}

void answer(const ScsiTaskPtr &task, std::span<const std::uint8_t> data, std::uint64_t allocated)
{
    task->answer(data.first(std::size_t(std::min<std::uint64_t>(data.size(), allocated))));
}

} // namespace

ScsiDisk::ScsiDisk(std::shared_ptr<BlockDevice> image, ScsiDiskIdentity identity)
    : m_image(std::move(image))
    , m_identity(std::move(identity))
{ }

void ScsiDisk::execute(const ScsiTaskPtr &task)
{
    const std::uint8_t *const cdb = task->command.data();
    const auto be16 = [cdb](std::size_t at) { return loadBe<std::uint16_t>(cdb + at); };
    const auto be32 = [cdb](std::size_t at) { return loadBe<std::uint32_t>(cdb + at); };
    const auto be64 = [cdb](std::size_t at) { return loadBe<std::uint64_t>(cdb + at); };
    const Range of10 = {be32(2), be16(7)};
    const Range of12 = {be32(2), be32(6)};
    const Range of16 = {be64(2), be32(10)};
    switch (cdb[0]) {
    case Inquiry:
        return inquiry(task);
    case RequestSense:
        return answer(task, fixedSense({}), cdb[4]);
    case ReportLuns:
        return answer(task, onlyUnit(), be32(6));
    case TestUnitReady:
    case StartStop:
    case PreventAllow:
    case Seek:
        return task->answer({});
    case ModeSense6:
    case ModeSense10:
        return modeSense(task);
    case ReadCapacity:
        return readCapacity(task);
    case ServiceActionIn16:
        if ((cdb[1] & 0x1f) != ReadCapacity16)
            return task->fail(InvalidField);
        return readLongCapacity(task);
    case Read6:
    case Write6: {
        // SBC-3 5.8: 21 bits of address; no length is 256 blocks.
        const Range range = {be32(0) & 0x1fffff, cdb[4] == 0 ? 256u : cdb[4]};
        return transfer(task, cdb[0] == Read6 ? BlockOperation::Read : BlockOperation::Write,
                        range);
    }
    case Read10:
        return transfer(task, BlockOperation::Read, of10);
    case Read12:
        return transfer(task, BlockOperation::Read, of12);
    case Read16:
        return transfer(task, BlockOperation::Read, of16);
    case Write10:
        return transfer(task, BlockOperation::Write, of10);
    case Write12:
        return transfer(task, BlockOperation::Write, of12);
    case Write16:
        return transfer(task, BlockOperation::Write, of16);
    case Verify10:
    case Verify16: // there is nothing to compare with, so what is there is readable
        if ((cdb[1] & 6) != 0)
            return task->fail(InvalidField);
        if (isValid(task, cdb[0] == Verify10 ? of10 : of16))
            task->answer({});
        return;
    case SynchronizeCache:
    case SynchronizeCache16:
        return submit(task, {.operation = BlockOperation::Flush});
    case WriteSame10:
        return writeSame(task, of10);
    case WriteSame16:
        return writeSame(task, of16);
    case Unmap:
        return unmap(task);
    default:
        return task->fail(InvalidCommand);
    }
}

bool ScsiDisk::isInside(const Range &range) const
{
    return range.lba <= blockCount() && range.blocks <= blockCount() - range.lba;
}

bool ScsiDisk::isValid(const ScsiTaskPtr &task, const Range &range) const
{
    const bool isGood = isInside(range);
    if (!isGood)
        task->fail(OutOfRange);
    return isGood;
}

bool ScsiDisk::mayWrite(const ScsiTaskPtr &task) const
{
    if (m_image->isReadOnly())
        task->fail(WriteProtected);
    return !m_image->isReadOnly();
}

// What the disk tells

// SPC-4 6.4 and 7.8
void ScsiDisk::inquiry(const ScsiTaskPtr &task) const
{
    const std::uint8_t page = task->command[2];
    const auto allocated = loadBe<std::uint16_t>(&task->command[3]);
    if ((task->command[1] & 1) != 0) {
        std::vector<std::uint8_t> data;
        if (page == LimitsPage) {
            data = limitsPage();
        } else if (page == CharacteristicsPage) {
            data.resize(LimitsBytes);
            storeBe(&data[4], std::uint16_t(m_identity.isSolidState ? 1 : 0));
        } else if (page == ProvisioningPage && m_image->canDiscard()) {
            data = {0, 0, 0, 0, 0, 0xc0, 0, 0}; // UNMAP, and WRITE SAME (16) with its bit
        } else {
            std::vector<std::uint8_t> more = {LimitsPage, CharacteristicsPage};
            if (m_image->canDiscard())
                more.push_back(ProvisioningPage);
            data = vitalPage(DiskType, page, m_identity.serial, more);
        }
        if (data.empty())
            return task->fail(InvalidField);
        data[1] = page;
        storeBe(&data[2], std::uint16_t(data.size() - 4));
        return answer(task, data, allocated);
    }
    if (page != 0)
        return task->fail(InvalidField);
    std::array<std::uint8_t, 36> data = {DiskType, 0, 6, 2, 31, 0, 0, 2}; // SPC-4, queues commands
    const auto put = [&](std::size_t at, std::string_view text) {
        std::memcpy(&data[at], text.data(), text.size());
    };
    put(8, "VITRINE ");
    put(16, "Disk            ");
    put(32, "1.0 ");
    answer(task, data, allocated);
}

// SBC-3 6.5.3
std::vector<std::uint8_t> ScsiDisk::limitsPage() const
{
    std::vector<std::uint8_t> data(LimitsBytes);
    storeBe(&data[8], MaxTransferBlocks);
    if (m_image->canDiscard()) {
        storeBe(&data[20], MaxErasedBlocks);
        storeBe(&data[24], MaxUnmapRanges);
        storeBe(&data[28], std::uint32_t(1)); // granularity
    }
    storeBe(&data[36], std::uint64_t(MaxErasedBlocks)); // of WRITE SAME
    return data;
}

// SPC-4 6.11 and 6.12, SBC-3 6.4: the caching page alone, and no block descriptor.
void ScsiDisk::modeSense(const ScsiTaskPtr &task) const
{
    constexpr std::uint8_t Caching = 0x08;
    constexpr std::uint8_t All = 0x3f;
    const std::uint8_t *const cdb = task->command.data();
    const bool isShort = cdb[0] == ModeSense6;
    const std::uint8_t control = cdb[2] >> 6; // current, changeable, default, saved
    const std::uint8_t page = cdb[2] & 0x3f;
    if (control == 3)
        return task->fail(SavingUnsupported);
    if (page != Caching && page != All)
        return task->fail(InvalidField);
    std::vector<std::uint8_t> data(isShort ? 4 : 8);
    const std::size_t at = data.size();
    data.resize(at + 20);
    data[at] = Caching;
    data[at + 1] = 18;
    data[at + 2] = control == 1 ? 0 : 4; // writes are cached
    const auto protection = std::uint8_t(m_image->isReadOnly() ? 0x80 : 0);
    if (isShort) {
        data[0] = std::uint8_t(data.size() - 1);
        data[2] = protection;
    } else {
        storeBe(data.data(), std::uint16_t(data.size() - 2));
        data[3] = protection;
    }
    answer(task, data, isShort ? cdb[4] : loadBe<std::uint16_t>(cdb + 7));
}

// SBC-3 5.15 and 5.16
void ScsiDisk::readCapacity(const ScsiTaskPtr &task) const
{
    std::array<std::uint8_t, 8> data = {};
    storeBe(&data[0], clamped(std::max<std::uint64_t>(blockCount(), 1) - 1));
    storeBe(&data[4], std::uint32_t(BlockBytes));
    task->answer(data);
}

void ScsiDisk::readLongCapacity(const ScsiTaskPtr &task) const
{
    std::array<std::uint8_t, 32> data = {};
    storeBe(&data[0], std::max<std::uint64_t>(blockCount(), 1) - 1);
    storeBe(&data[8], std::uint32_t(BlockBytes));
    data[14] = m_image->canDiscard() ? 0x80 : 0; // LBPME
    answer(task, data, loadBe<std::uint32_t>(&task->command[10]));
}

// What it does

void ScsiDisk::submit(const ScsiTaskPtr &task, BlockRequest request)
{
    const bool isWrite = request.operation != BlockOperation::Read;
    task->submit(m_image, std::move(request), [task, isWrite](Result<> result) {
        if (result)
            return task->answer({});
        log(LogLevel::Warning, "scsi", result.error().text());
        task->fail(isWrite ? WriteFailed : Unreadable);
    });
}

void ScsiDisk::transfer(const ScsiTaskPtr &task, BlockOperation operation, const Range &range)
{
    if (!isValid(task, range) || (operation == BlockOperation::Write && !mayWrite(task)))
        return;
    if (range.blocks > MaxTransferBlocks)
        return task->fail(InvalidField);
    if (range.blocks == 0)
        return task->answer({});
    BlockRequest request = {.operation = operation, .offset = range.lba * BlockBytes};
    const auto covered = task->buffers(operation, range.blocks * BlockBytes, request.buffers);
    if (!covered)
        return;
    if (*covered != range.blocks * BlockBytes)
        return task->fail(InvalidField); // the guest has not the room for what it wants
    request.length = *covered;
    submit(task, std::move(request));
}

// SBC-3 5.42: one block that is repeated: zeros only, with or without UNMAP. An image makes holes
// of them where it can, and a discarded block need not read as zeros.
void ScsiDisk::writeSame(const ScsiTaskPtr &task, const Range &range)
{
    const std::uint8_t flags = task->command[1];
    const bool hasBlock = task->command[0] != WriteSame16 || (flags & 1) == 0;
    if (!isValid(task, range) || !mayWrite(task))
        return;
    // No count is all that follows, which is more than is told to be possible (WSNZ).
    if (range.blocks == 0 || range.blocks > MaxErasedBlocks)
        return task->fail(InvalidField);
    if (hasBlock) {
        std::array<std::uint8_t, BlockBytes> block = {};
        const auto size = task->receive(block);
        if (!size)
            return;
        const bool isZero =
            std::all_of(block.begin(), block.end(), [](std::uint8_t byte) { return byte == 0; });
        if (*size != block.size() || !isZero)
            return task->fail(InvalidField);
    }
    submit(task,
           {.operation = BlockOperation::WriteZeroes,
            .offset = range.lba * BlockBytes,
            .length = range.blocks * BlockBytes});
}

// SBC-3 5.28
void ScsiDisk::unmap(const ScsiTaskPtr &task)
{
    constexpr std::size_t HeaderBytes = 8;
    constexpr std::size_t RangeBytes = 16;
    if (!m_image->canDiscard())
        return task->fail(InvalidCommand);
    if (!mayWrite(task))
        return;
    if ((task->command[1] & 1) != 0) // anchored
        return task->fail(InvalidField);
    const std::size_t length = loadBe<std::uint16_t>(&task->command[7]);
    if (length == 0)
        return task->answer({});
    std::vector<std::uint8_t> list(
        std::min(length, HeaderBytes + RangeBytes * (MaxUnmapRanges + 1)));
    const auto size = task->receive(list);
    if (!size)
        return;
    if (*size < HeaderBytes)
        return task->fail(ParameterListLength);
    const std::size_t described = loadBe<std::uint16_t>(&list[2]);
    const std::size_t count = std::min<std::size_t>(described, *size - HeaderBytes) / RangeBytes;
    if (count > MaxUnmapRanges)
        return task->fail(InvalidParameter);
    std::vector<Range> ranges; // the last one is done first
    std::uint64_t total = 0;
    for (std::size_t i = count; i-- > 0;) {
        const std::uint8_t *const at = &list[HeaderBytes + i * RangeBytes];
        const Range range = {loadBe<std::uint64_t>(at), loadBe<std::uint32_t>(at + 8)};
        if (!isValid(task, range))
            return;
        total += range.blocks;
        if (range.blocks != 0)
            ranges.push_back(range);
    }
    if (total > MaxErasedBlocks)
        return task->fail(InvalidParameter);
    unmapNext(task, std::move(ranges));
}

void ScsiDisk::unmapNext(const ScsiTaskPtr &task, std::vector<Range> ranges)
{
    if (ranges.empty())
        return task->answer({});
    const Range range = ranges.back();
    ranges.pop_back();
    task->submit(m_image,
                 {.operation = BlockOperation::Discard,
                  .offset = range.lba * BlockBytes,
                  .length = range.blocks * BlockBytes},
                 [this, task, ranges = std::move(ranges)](Result<> result) mutable {
                     if (!result)
                         return task->fail(WriteFailed);
                     unmapNext(task, std::move(ranges));
                 });
}

} // namespace engine
