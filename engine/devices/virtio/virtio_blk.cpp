// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: features 5.2.3, configuration 5.2.4, requests 5.2.6.
#include "engine/devices/virtio/virtio_blk.h"

#include "engine/base/log.h"

#include <algorithm>
#include <array>
#include <utility>

namespace engine::virtio {

namespace {

constexpr std::uint16_t DeviceType = 2;
constexpr std::uint32_t ClassCode = 0x010000; // SCSI storage controller, as QEMU's
constexpr std::uint64_t SectorBytes = 512;

constexpr std::uint64_t FeatureSegMax = 1 << 2;
constexpr std::uint64_t FeatureReadOnly = 1 << 5;
constexpr std::uint64_t FeatureBlockSize = 1 << 6;
constexpr std::uint64_t FeatureFlush = 1 << 9;
constexpr std::uint64_t FeatureDiscard = 1 << 13;
constexpr std::uint64_t FeatureWriteZeroes = 1 << 14;

enum RequestType : std::uint32_t {
    In = 0,
    Out = 1,
    Flush = 4,
    GetId = 8,
    Discard = 11,
    WriteZeroes = 13,
};

enum Answer : std::uint8_t { Good = 0, IoError = 1, Unsupported = 2 };

constexpr std::size_t HeaderBytes = 16; // type, reserved, sector
constexpr std::size_t IdentityBytes = 20;
constexpr std::size_t RangeBytes = 16; // sector, number of sectors, flags
constexpr std::uint32_t RangeUnmap = 1;
// One range a request; larger ones the driver splits.
constexpr std::uint32_t MaxRangeSectors = 1u << 22;

// struct virtio_blk_config
enum Config : std::size_t {
    Capacity = 0,
    SegMax = 12,
    BlockSize = 20,
    NumQueues = 34,
    MaxDiscardSectors = 36,
    MaxDiscardSegments = 40,
    DiscardAlignment = 44,
    MaxZeroesSectors = 48,
    MaxZeroesSegments = 52,
    ZeroesMayUnmap = 56,
    ConfigBytes = 60,
};

std::uint64_t featuresOf(const BlockDevice &image)
{
    std::uint64_t features = FeatureSegMax | FeatureBlockSize | FeatureFlush;
    if (image.isReadOnly())
        return features | FeatureReadOnly;
    features |= FeatureWriteZeroes;
    return image.canDiscard() ? features | FeatureDiscard : features;
}

} // namespace

VirtioBlk::VirtioBlk(std::string name, std::shared_ptr<BlockDevice> image, std::string serial,
                     PollLoop *loop)
    : VirtioPci(std::move(name),
                {.deviceType = DeviceType,
                 .classCode = ClassCode,
                 .features = featuresOf(*image),
                 .queueSizes = {QueueSize},
                 .configBytes = ConfigBytes},
                loop)
    , m_image(std::move(image))
    , m_serial(std::move(serial))
{
    std::uint8_t *config = deviceConfig().data();
    storeLe(config + Capacity, m_image->sizeBytes() / SectorBytes);
    storeLe(config + SegMax, MaxSegments);
    storeLe(config + BlockSize, std::uint32_t(SectorBytes));
    storeLe(config + NumQueues, std::uint16_t(1));
    storeLe(config + MaxDiscardSectors, MaxRangeSectors);
    storeLe(config + MaxDiscardSegments, std::uint32_t(1));
    storeLe(config + DiscardAlignment, std::uint32_t(1));
    storeLe(config + MaxZeroesSectors, MaxRangeSectors);
    storeLe(config + MaxZeroesSegments, std::uint32_t(1));
    config[ZeroesMayUnmap] = m_image->canDiscard() ? 1 : 0;
}

VirtioBlk::~VirtioBlk()
{
    leaveLoop();
}

void VirtioBlk::resetVirtio()
{
    ++m_generation;
    m_stale = m_inFlight;
}

bool VirtioBlk::processQueue(unsigned index)
{
    Virtqueue &ring = queue(index);
    bool isDone = false;
    ring.setNotified(false);
    for (unsigned i = 0; i < ring.size() && !isDone && isLive(); ++i) {
        if (const std::optional<Chain> chain = ring.pop())
            start(*chain);
        else
            isDone = true;
    }
    ring.setNotified(true);
    finish(index);
    return isDone && !ring.hasAvailable();
}

void VirtioBlk::start(const Chain &chain)
{
    std::array<std::uint8_t, HeaderBytes> header;
    if (copyFrom(chain.readable, 0, header) < HeaderBytes || chain.writableBytes == 0) {
        needsReset("a disk request without header or status");
        return;
    }
    // 5.2.6: the last byte that the device may write is the status.
    Request request = {
        .head = chain.head, .status = &chain.writable.back().back(), .generation = m_generation};
    const auto sector = loadLe<std::uint64_t>(&header[8]);
    switch (loadLe<std::uint32_t>(&header[0])) {
    case In:
        request.dataBytes = chain.writableBytes - 1;
        return transfer(chain, request, BlockOperation::Read, sector);
    case Out:
        return transfer(chain, request, BlockOperation::Write, sector);
    case Flush:
        return submit({.operation = BlockOperation::Flush}, request);
    case GetId:
        return readIdentity(chain, request);
    case Discard:
        if (!m_image->canDiscard())
            break;
        return changeRange(chain, request, BlockOperation::Discard);
    case WriteZeroes:
        return changeRange(chain, request, BlockOperation::WriteZeroes);
    default:
        break;
    }
    answer(request, Unsupported);
}

void VirtioBlk::transfer(const Chain &chain, Request request, BlockOperation operation,
                         std::uint64_t sector)
{
    const bool isRead = operation == BlockOperation::Read;
    const std::uint64_t length =
        isRead ? chain.writableBytes - 1 : chain.readableBytes - HeaderBytes;
    const std::uint64_t capacity = m_image->sizeBytes() / SectorBytes;
    const bool fits = length % SectorBytes == 0 && sector <= capacity
        && length / SectorBytes <= capacity - sector;
    if (!fits || (!isRead && m_image->isReadOnly())) {
        request.dataBytes = 0;
        return answer(request, IoError);
    }
    if (length == 0)
        return answer(request, Good);
    BlockRequest block = {.operation = operation, .offset = sector * SectorBytes, .length = length};
    const Chain::Pieces pieces =
        isRead ? part(chain.writable, 0, length) : part(chain.readable, HeaderBytes, length);
    block.buffers.reserve(pieces.size());
    for (const std::span<std::uint8_t> piece : pieces)
        block.buffers.push_back({piece.data(), piece.size()});
    submit(std::move(block), request);
}

// 5.2.6.2: discard has no flags, write zeroes may say that the space need not be kept.
void VirtioBlk::changeRange(const Chain &chain, const Request &request, BlockOperation operation)
{
    std::array<std::uint8_t, RangeBytes> range;
    if (chain.readableBytes != HeaderBytes + RangeBytes
        || copyFrom(chain.readable, HeaderBytes, range) < RangeBytes)
        return answer(request, IoError);
    const auto sector = loadLe<std::uint64_t>(&range[0]);
    const auto count = loadLe<std::uint32_t>(&range[8]);
    const auto flags = loadLe<std::uint32_t>(&range[12]);
    if ((flags & ~(operation == BlockOperation::WriteZeroes ? RangeUnmap : 0)) != 0)
        return answer(request, Unsupported);
    const std::uint64_t capacity = m_image->sizeBytes() / SectorBytes;
    if (m_image->isReadOnly() || count > MaxRangeSectors || sector > capacity
        || count > capacity - sector)
        return answer(request, IoError);
    if (count == 0)
        return answer(request, Good);
    submit({.operation = operation, .offset = sector * SectorBytes, .length = count * SectorBytes},
           request);
}

void VirtioBlk::readIdentity(const Chain &chain, Request request)
{
    std::array<std::uint8_t, IdentityBytes> identity = {}; // ends with zeros when shorter
    std::copy_n(m_serial.begin(), std::min(m_serial.size(), identity.size()), identity.begin());
    const std::size_t room =
        std::size_t(std::min<std::uint64_t>(chain.writableBytes - 1, identity.size()));
    request.dataBytes = copyTo(chain.writable, 0, std::span(identity).first(room));
    answer(request, Good);
}

void VirtioBlk::submit(BlockRequest block, const Request &request)
{
    ++m_inFlight;
    block.completed = [this, request](Result<> result) {
        if (!result)
            log(LogLevel::Debug, name(), result.error().text());
        completed(request, result.has_value());
    };
    m_image->submit(std::move(block));
}

void VirtioBlk::completed(const Request &request, bool isGood)
{
    const std::lock_guard guard(lock());
    --m_inFlight;
    if (request.generation != m_generation) {
        if (--m_stale == 0)
            kickAll();
        return;
    }
    Request answered = request;
    if (!isGood)
        answered.dataBytes = 0;
    answer(answered, isGood ? Good : IoError);
    finish(0);
}

void VirtioBlk::answer(const Request &request, std::uint8_t status)
{
    *request.status = status;
    queue(0).push(request.head, request.dataBytes + 1);
}

void VirtioBlk::serializeVirtio(StateArchive &, std::uint32_t) { }

} // namespace engine::virtio
