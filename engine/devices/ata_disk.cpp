// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/ata_disk.h"

#include "engine/base/log.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint64_t SectorBytes = 512;
constexpr std::uint64_t MaxSectors28 = (std::uint64_t(1) << 28) - 1;
constexpr std::uint64_t MaxSectors48 = (std::uint64_t(1) << 48) - 1;
constexpr unsigned Heads = 16;
constexpr unsigned SectorsPerTrack = 63;
constexpr std::uint8_t UsesLba = 0x40; // device register
constexpr std::uint8_t QueuedThrough = 0x80; // device register of NCQ commands: FUA
constexpr std::uint8_t MaxMultipleCount = 16;
constexpr std::uint16_t MaxTrimBlocks = 8; // of 64 ranges each
constexpr std::size_t TrimRangeBytes = 8;
constexpr std::uint8_t ErrorLog = 0x10;

// ATA8-ACS 7
enum Command : std::uint8_t {
    DataSetManagement = 0x06,
    ReadSectors = 0x20,
    ReadSectorsNoRetry = 0x21,
    ReadSectorsExt = 0x24,
    ReadDmaExt = 0x25,
    ReadMultipleExt = 0x29,
    ReadLogExt = 0x2f,
    WriteSectors = 0x30,
    WriteSectorsNoRetry = 0x31,
    WriteSectorsExt = 0x34,
    WriteDmaExt = 0x35,
    WriteMultipleExt = 0x39,
    WriteDmaFuaExt = 0x3d,
    ReadVerify = 0x40,
    ReadVerifyNoRetry = 0x41,
    ReadVerifyExt = 0x42,
    ReadLogDmaExt = 0x47,
    ReadFpdmaQueued = 0x60,
    WriteFpdmaQueued = 0x61,
    ExecuteDiagnostic = 0x90,
    InitializeParameters = 0x91,
    ReadMultiple = 0xc4,
    WriteMultiple = 0xc5,
    SetMultipleMode = 0xc6,
    ReadDma = 0xc8,
    ReadDmaNoRetry = 0xc9,
    WriteDma = 0xca,
    WriteDmaNoRetry = 0xcb,
    WriteMultipleFuaExt = 0xce,
    StandbyImmediate = 0xe0,
    IdleImmediate = 0xe1,
    Standby = 0xe2,
    Idle = 0xe3,
    CheckPowerMode = 0xe5,
    Sleep = 0xe6,
    FlushCache = 0xe7,
    FlushCacheExt = 0xea,
    IdentifyDevice = 0xec,
    SetFeatures = 0xef,
};

// ATA8-ACS A.7: all 512 bytes add up to zero.
void storeLogChecksum(std::span<std::uint8_t, SectorBytes> data)
{
    std::uint8_t sum = 0;
    for (const std::uint8_t byte : data.first(SectorBytes - 1))
        sum = std::uint8_t(sum + byte);
    data[SectorBytes - 1] = std::uint8_t(-sum);
}

} // namespace

AtaDisk::AtaDisk(std::shared_ptr<BlockDevice> image, std::string serial, bool isSolidState)
    : m_image(std::move(image))
    , m_serial(std::move(serial))
    , m_isSolidState(isSolidState)
    , m_sectors(std::min(m_image->sizeBytes() / SectorBytes, MaxSectors48))
{ }

AtaResult AtaDisk::signature() const
{
    return {.error = 0x01, .count = 1, .lba = 0x000001};
}

bool AtaDisk::isQueued(std::uint8_t command) const
{
    return command == ReadFpdmaQueued || command == WriteFpdmaQueued;
}

void AtaDisk::reset()
{
    m_isWriteCacheOn = true;
    m_isLookAheadOn = true;
    m_multipleCount = MaxMultipleCount;
    m_transferMode = 0x45;
    resetLink();
}

// Settings stay: software settings preservation is on by default (ATA8-ACS 4.19).
void AtaDisk::resetLink()
{
    m_hasQueuedError = false;
    m_queuedError = {};
}

void AtaDisk::execute(const AtaRequest &request, AtaHost &host)
{
    const std::uint8_t command = request.command();
    if (m_hasQueuedError && command != ReadLogExt && command != ReadLogDmaExt)
        return fail(request, host, AtaAborted,
                    isQueued(command) ? AtaProtocol::Queued : AtaProtocol::Plain);
    switch (command) {
    case ReadSectors:
    case ReadSectorsNoRetry:
    case ReadMultiple:
        return transfer(request, host, AtaProtocol::PioIn, false, false);
    case ReadSectorsExt:
    case ReadMultipleExt:
        return transfer(request, host, AtaProtocol::PioIn, false, true);
    case ReadDma:
    case ReadDmaNoRetry:
        return transfer(request, host, AtaProtocol::Plain, false, false);
    case ReadDmaExt:
        return transfer(request, host, AtaProtocol::Plain, false, true);
    case WriteSectors:
    case WriteSectorsNoRetry:
    case WriteMultiple:
        return transfer(request, host, AtaProtocol::PioOut, true, false);
    case WriteSectorsExt:
    case WriteMultipleExt:
        return transfer(request, host, AtaProtocol::PioOut, true, true);
    case WriteMultipleFuaExt:
        return transfer(request, host, AtaProtocol::PioOut, true, true, true);
    case WriteDma:
    case WriteDmaNoRetry:
        return transfer(request, host, AtaProtocol::Plain, true, false);
    case WriteDmaExt:
        return transfer(request, host, AtaProtocol::Plain, true, true);
    case WriteDmaFuaExt:
        return transfer(request, host, AtaProtocol::Plain, true, true, true);
    case ReadFpdmaQueued:
        return transferQueued(request, host, false);
    case WriteFpdmaQueued:
        return transferQueued(request, host, true);
    case ReadVerify:
    case ReadVerifyNoRetry:
        return verify(request, host, false);
    case ReadVerifyExt:
        return verify(request, host, true);
    case FlushCache:
    case FlushCacheExt:
        return flush(request, host, AtaProtocol::Plain);
    case DataSetManagement:
        return trim(request, host);
    case IdentifyDevice:
        return identify(request, host);
    case SetFeatures:
        return setFeatures(request, host);
    case ReadLogExt:
        return readLog(request, host, AtaProtocol::PioIn);
    case ReadLogDmaExt:
        return readLog(request, host, AtaProtocol::Plain);
    case SetMultipleMode: {
        const auto count = std::uint8_t(request.count());
        if (count == 0 || count > MaxMultipleCount || (count & (count - 1)) != 0)
            return fail(request, host, AtaAborted);
        m_multipleCount = count;
        return succeed(request, host);
    }
    case CheckPowerMode: // always active
        return host.finish(request, {.device = request.device(), .count = 0xff});
    case ExecuteDiagnostic:
        return host.finish(request, signature());
    case InitializeParameters:
    case StandbyImmediate:
    case IdleImmediate:
    case Standby:
    case Idle:
    case Sleep:
        return succeed(request, host);
    default:
        return fail(request, host, AtaAborted);
    }
}

bool AtaDisk::isInside(std::uint64_t sector, std::uint64_t count) const
{
    return sector <= m_sectors && count <= m_sectors - sector;
}

// False: outside of the disk.
bool AtaDisk::locate(const AtaRequest &request, bool isExtended, Transfer &transfer) const
{
    if (isExtended) {
        transfer.sector = request.lba();
        transfer.sectorCount = request.count() == 0 ? 65536 : request.count();
    } else {
        const std::uint32_t low = std::uint32_t(request.lba()) & 0xffffff;
        const std::uint32_t head = request.device() & 0xf;
        transfer.sector = low | (head << 24);
        transfer.sectorCount = std::uint8_t(request.count());
        if (transfer.sectorCount == 0)
            transfer.sectorCount = 256;
        if ((request.device() & UsesLba) == 0) {
            const std::uint32_t sectorInTrack = low & 0xff;
            if (sectorInTrack == 0 || sectorInTrack > SectorsPerTrack)
                return false;
            transfer.sector =
                (std::uint64_t(low >> 8) * Heads + head) * SectorsPerTrack + sectorInTrack - 1;
        }
    }
    transfer.isExtended = isExtended;
    return isInside(transfer.sector, transfer.sectorCount);
}

void AtaDisk::transfer(const AtaRequest &request, AtaHost &host, AtaProtocol protocol, bool isWrite,
                       bool isExtended, bool isThrough)
{
    Transfer transfer{.protocol = protocol, .isWrite = isWrite, .isThrough = isThrough};
    if (!locate(request, isExtended, transfer))
        return fail(request, host, AtaIdNotFound, AtaProtocol::Plain);
    start(request, host, transfer);
}

// ATA8-ACS 7.48, 7.116: the count is in the features, the tag in the count.
void AtaDisk::transferQueued(const AtaRequest &request, AtaHost &host, bool isWrite)
{
    const std::uint32_t count = request.features() == 0 ? 65536u : request.features();
    const Transfer transfer{.protocol = AtaProtocol::Queued,
                            .isWrite = isWrite,
                            .isExtended = true,
                            .isThrough = (request.device() & QueuedThrough) != 0,
                            .sector = request.lba(),
                            .sectorCount = count};
    // AHCI 1.3.1, 5.3.13: the tag is the slot's number.
    if (unsigned(request.count() & 0xff) >> 3 != request.slot)
        return fail(request, host, AtaAborted, AtaProtocol::Queued);
    if (!isInside(transfer.sector, transfer.sectorCount))
        return fail(request, host, AtaIdNotFound, AtaProtocol::Queued);
    start(request, host, transfer);
}

void AtaDisk::start(const AtaRequest &request, AtaHost &host, const Transfer &transfer)
{
    const AtaProtocol protocol = transfer.protocol;
    const std::uint64_t bytes = transfer.sectorCount * SectorBytes;
    if (transfer.isWrite && m_image->isReadOnly())
        return fail(request, host, AtaAborted, protocol);
    BlockRequest blockRequest{.operation =
                                  transfer.isWrite ? BlockOperation::Write : BlockOperation::Read,
                              .offset = transfer.sector * SectorBytes,
                              .length = bytes};
    const auto covered = host.buffers(request, bytes, blockRequest.buffers);
    if (!covered)
        return;
    if (*covered < bytes)
        return fail(request, host, AtaAborted, protocol);
    const bool isFlushed = transfer.isWrite && (transfer.isThrough || !m_isWriteCacheOn);
    const std::uint8_t failure = transfer.isWrite ? AtaAborted : AtaUncorrectable;
    host.submit(request, m_image, std::move(blockRequest),
                [this, request, &host, protocol, isFlushed, failure](Result<> result) {
                    if (!result) {
                        log(LogLevel::Debug, "ahci", result.error().text());
                        return fail(request, host, failure, protocol);
                    }
                    if (isFlushed)
                        return flush(request, host, protocol);
                    succeed(request, host, protocol);
                });
}

void AtaDisk::flush(const AtaRequest &request, AtaHost &host, AtaProtocol protocol)
{
    host.submit(request, m_image, {.operation = BlockOperation::Flush},
                [this, request, &host, protocol](Result<> result) {
                    if (!result) {
                        log(LogLevel::Debug, "ahci", result.error().text());
                        return fail(request, host, AtaAborted, protocol);
                    }
                    succeed(request, host, protocol);
                });
}

void AtaDisk::verify(const AtaRequest &request, AtaHost &host, bool isExtended)
{
    Transfer transfer;
    if (!locate(request, isExtended, transfer))
        return fail(request, host, AtaIdNotFound);
    succeed(request, host);
}

// ATA8-ACS 7.10: pages of 64 ranges, each 48 bits of sector and 16 bits of count.
void AtaDisk::trim(const AtaRequest &request, AtaHost &host)
{
    const bool isTrim = (request.features() & 1) != 0;
    const std::uint16_t blocks = request.count();
    if (!isTrim || !m_image->canDiscard() || blocks == 0 || blocks > MaxTrimBlocks)
        return fail(request, host, AtaAborted);
    std::vector<std::uint8_t> data(blocks * SectorBytes);
    const auto covered = host.receive(request, data);
    if (!covered)
        return;
    if (*covered < data.size())
        return fail(request, host, AtaAborted);
    // The last range first: one after the other, each when the one before it was answered.
    std::vector<BlockRequest> ranges;
    for (std::size_t at = data.size(); at > 0; at -= TrimRangeBytes) {
        const auto range = loadLe<std::uint64_t>(&data[at - TrimRangeBytes]);
        const std::uint64_t sector = range & MaxSectors48;
        const std::uint64_t count = range >> 48;
        if (count == 0)
            continue;
        if (!isInside(sector, count))
            return fail(request, host, AtaIdNotFound);
        ranges.push_back({.operation = BlockOperation::Discard,
                          .offset = sector * SectorBytes,
                          .length = count * SectorBytes});
    }
    discardNext(request, host, std::move(ranges));
}

void AtaDisk::discardNext(const AtaRequest &request, AtaHost &host,
                          std::vector<BlockRequest> ranges)
{
    if (ranges.empty())
        return succeed(request, host);
    BlockRequest next = std::move(ranges.back());
    ranges.pop_back();
    host.submit(request, m_image, std::move(next),
                [this, request, &host, rest = std::move(ranges)](Result<> result) mutable {
                    if (!result)
                        return fail(request, host, AtaAborted);
                    discardNext(request, host, std::move(rest));
                });
}

void AtaDisk::succeed(const AtaRequest &request, AtaHost &host, AtaProtocol protocol)
{
    host.finish(request, {.protocol = protocol, .device = request.device(), .lba = request.lba()});
}

void AtaDisk::fail(const AtaRequest &request, AtaHost &host, std::uint8_t error,
                   AtaProtocol protocol)
{
    constexpr std::uint8_t Failed = AtaReady | AtaSeekComplete | AtaError;
    if (protocol == AtaProtocol::Queued && !m_hasQueuedError) {
        // ATA8-ACS A.7: tag, status, error, LBA, device, count.
        m_hasQueuedError = true;
        m_queuedError = {std::uint8_t(request.slot), 0, Failed, error};
        for (std::size_t i = 4; i < 14; ++i)
            m_queuedError[i] = i == 11 ? 0 : request.fis[i];
    }
    host.finish(request,
                {.protocol = protocol,
                 .status = Failed,
                 .error = error,
                 .device = request.device(),
                 .count = protocol == AtaProtocol::Queued ? std::uint16_t(0) : request.count(),
                 .lba = request.lba()});
}

void AtaDisk::setFeatures(const AtaRequest &request, AtaHost &host)
{
    // ATA8-ACS 7.47
    switch (std::uint8_t(request.features())) {
    case 0x02:
        m_isWriteCacheOn = true;
        return succeed(request, host);
    case 0x82:
        m_isWriteCacheOn = false;
        // What was written before is not safe yet.
        return flush(request, host, AtaProtocol::Plain);
    case 0x03: { // transfer mode
        const auto mode = std::uint8_t(request.count());
        const std::uint8_t kind = mode >> 3;
        const std::uint8_t level = mode & 7;
        const bool isPio = kind <= 1 && level <= 4;
        const bool isMultiword = kind == 4 && level <= 2;
        const bool isUltra = kind == 8 && level <= 6;
        if (!isPio && !isMultiword && !isUltra)
            return fail(request, host, AtaAborted);
        if (!isPio)
            m_transferMode = mode;
        return succeed(request, host);
    }
    case 0xaa:
        m_isLookAheadOn = true;
        return succeed(request, host);
    case 0x55:
        m_isLookAheadOn = false;
        return succeed(request, host);
    case 0x66: // keep settings over a software reset, or do not: they are kept
    case 0xcc:
        return succeed(request, host);
    default:
        return fail(request, host, AtaAborted);
    }
}

// ATA8-ACS 7.51.2 and A.3, A.7: the directory, and why a queued command failed.
void AtaDisk::readLog(const AtaRequest &request, AtaHost &host, AtaProtocol protocol)
{
    const auto address = std::uint8_t(request.lba());
    const auto page =
        std::uint16_t(((request.lba() >> 8) & 0xff) | ((request.lba() >> 24) & 0xff00));
    if ((address != 0 && address != ErrorLog) || page != 0 || request.count() != 1)
        return fail(request, host, AtaAborted);
    std::array<std::uint8_t, SectorBytes> data = {};
    if (address == 0) {
        storeLe(&data[0], std::uint16_t(1)); // version
        storeLe(&data[2 * ErrorLog], std::uint16_t(1)); // pages
    } else if (m_hasQueuedError) {
        std::copy(m_queuedError.begin(), m_queuedError.end(), data.begin());
        storeLogChecksum(data);
    } else {
        data[0] = 0x80; // NQ: it was no queued command
        storeLogChecksum(data);
    }
    const auto sent = host.send(request, data);
    if (!sent)
        return;
    if (address == ErrorLog)
        m_hasQueuedError = false;
    succeed(request, host, protocol);
}

void AtaDisk::identify(const AtaRequest &request, AtaHost &host)
{
    // ATA8-ACS 7.16.7
    std::array<std::uint8_t, SectorBytes> data = {};
    const auto word = [&](std::size_t index, std::uint64_t value) {
        storeLe(&data[2 * index], std::uint16_t(value));
    };
    const std::uint64_t cylinders =
        std::min<std::uint64_t>(m_sectors / (Heads * SectorsPerTrack), 16383);
    const std::uint64_t inGeometry = cylinders * Heads * SectorsPerTrack;
    const std::uint64_t sectors28 = std::min(m_sectors, MaxSectors28);
    word(0, 0x0040);
    word(1, cylinders);
    word(3, Heads);
    word(6, SectorsPerTrack);
    storeAtaString(std::span(data).subspan(20, 20), m_serial);
    storeAtaString(std::span(data).subspan(46, 8), "1.0");
    storeAtaString(std::span(data).subspan(54, 40),
                   m_isSolidState ? "Vitrine SSD" : "Vitrine Disk");
    word(47, 0x8000 | MaxMultipleCount);
    word(49, 0x0f00); // DMA, LBA, IORDY
    word(50, 0x4000);
    word(53, 0x0007);
    word(54, cylinders);
    word(55, Heads);
    word(56, SectorsPerTrack);
    word(57, inGeometry);
    word(58, inGeometry >> 16);
    word(59, 0x0100 | m_multipleCount);
    word(60, sectors28);
    word(61, sectors28 >> 16);
    const bool isUltra = (m_transferMode & 0x40) != 0;
    const unsigned active = 0x100u << (m_transferMode & 7);
    word(63, 0x0007 | (isUltra ? 0 : active));
    word(64, 0x0003); // PIO 3 and 4
    for (std::size_t i = 65; i <= 68; ++i)
        word(i, 120); // nanoseconds of a cycle
    word(75, 31); // queue of 32
    word(76, 0x010e); // NCQ; 1.5, 3 and 6 Gb/s
    word(80, 0x01f0); // ATA/ATAPI-4 to ATA8-ACS
    const unsigned first = 0x4008 | 0x0060; // NOP, power management; write cache, look-ahead
    word(82, first);
    word(83, 0x7400); // flush, flush ext, 48 bits
    word(84, 0x4160); // general purpose logging, FUA, world wide name
    word(85, 0x4008 | (m_isWriteCacheOn ? 0x20 : 0) | (m_isLookAheadOn ? 0x40 : 0));
    word(86, 0x3400);
    word(87, 0x4160);
    word(88, 0x007f | (isUltra ? active : 0));
    for (std::size_t i = 0; i < 4; ++i)
        word(100 + i, m_sectors >> (16 * i));
    word(106, 0x4000);
    // A name of the kind that is locally assigned (NAA 3), from the serial number.
    std::uint64_t name = 0xcbf29ce484222325;
    for (const char character : m_serial)
        name = (name ^ std::uint8_t(character)) * 0x100000001b3;
    name = (name & 0x0fffffffffffffff) | 0x3000000000000000;
    for (std::size_t i = 0; i < 4; ++i)
        word(108 + i, name >> (48 - 16 * i));
    word(119, 0x4000);
    word(120, 0x4000);
    if (m_image->canDiscard()) {
        word(105, MaxTrimBlocks);
        word(169, 1);
    }
    word(217, m_isSolidState ? 1 : 7200);
    word(222, 0x1020); // serial; SATA 2.6
    storeAtaChecksum(data);
    if (host.send(request, data))
        succeed(request, host, AtaProtocol::PioIn);
}

void AtaDisk::serialize(StateArchive &archive)
{
    archive.value(m_multipleCount);
    archive.value(m_transferMode);
    archive.value(m_isWriteCacheOn);
    archive.value(m_isLookAheadOn);
    archive.value(m_hasQueuedError);
    archive.value(m_queuedError);
}

} // namespace engine
