// SPDX-License-Identifier: GPL-3.0-or-later
// Dispatch, sense, medium and transfers; what the drive tells about itself and the medium is in
// atapi_information.cpp.
#include "engine/devices/atapi_drive.h"

#include "engine/base/log.h"
#include "engine/devices/atapi_commands.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace engine {

using namespace atapi;

AtapiDrive::AtapiDrive(std::shared_ptr<BlockDevice> medium, std::string serial,
                       std::function<void()> ejected)
    : m_medium(std::move(medium))
    , m_serial(std::move(serial))
    , m_ejected(std::move(ejected))
{ }

std::uint64_t AtapiDrive::blocks() const
{
    if (!m_medium)
        return 0;
    const std::uint64_t count = (m_medium->sizeBytes() + BlockBytes - 1) / BlockBytes;
    return std::min<std::uint64_t>(count, 0xffffffff);
}

bool AtapiDrive::isDvd() const
{
    return blocks() > MaxCdBlocks;
}

Result<> AtapiDrive::changeMedium(std::shared_ptr<BlockDevice> medium, bool force,
                                  std::shared_ptr<BlockDevice> &old)
{
    if (m_isLocked && m_medium && !force) {
        m_event = MediaEvent::EjectRequest;
        return Error(ErrorKind::Busy, "The guest has locked the drive's tray")
            .withRemedy("Eject the medium in the guest, or force it out");
    }
    old = std::exchange(m_medium, std::move(medium));
    m_isLocked = false;
    m_isTrayOpen = m_medium == nullptr;
    m_hasChanged = m_medium != nullptr;
    m_event = m_medium ? MediaEvent::NewMedium : MediaEvent::MediumRemoval;
    return {};
}

AtaResult AtapiDrive::signature() const
{
    return {.status = 0, .error = 0x01, .count = 1, .lba = 0xeb1401};
}

void AtapiDrive::reset()
{
    m_isLocked = false;
    m_isTrayOpen = m_medium == nullptr && m_isTrayOpen;
    m_hasChanged = false;
    m_event = MediaEvent::None;
    m_transferMode = 0x45;
    resetLink();
}

void AtapiDrive::resetLink()
{
    m_sense = {};
}

void AtapiDrive::execute(const AtaRequest &request, AtaHost &host)
{
    switch (request.command()) {
    case AtaPacket:
        return packet(request, host);
    case AtaIdentifyPacket:
        return identify(request, host);
    case AtaDeviceReset:
        resetLink();
        return host.finish(request, signature());
    case AtaExecuteDiagnostic:
        return host.finish(request, signature());
    case AtaSetFeatures:
        return setFeatures(request, host);
    case AtaCheckPowerMode:
        return host.finish(request, {.device = request.device(), .count = 0xff});
    case AtaStandbyImmediate:
    case AtaIdleImmediate:
    case AtaStandby:
    case AtaIdle:
    case AtaSleep:
        return host.finish(request, {.device = request.device()});
    case AtaIdentify:
    case AtaReadSectors: {
        // ATA8-ACS 4.3: aborted, with the signature that says what kind of device this is.
        AtaResult result = signature();
        result.status = AtaReady | AtaError;
        result.error = AtaAborted;
        return host.finish(request, result);
    }
    default:
        return abort(request, host);
    }
}

void AtapiDrive::packet(const AtaRequest &request, AtaHost &host)
{
    const std::uint8_t *const cdb = request.packet.data();
    // What may be asked at any time, a changed medium or not (MMC-6 4.1.6.1).
    switch (cdb[0]) {
    case Inquiry:
        return inquiry(request, host);
    case RequestSense:
        return requestSense(request, host);
    case GetConfiguration:
        return getConfiguration(request, host);
    case GetEventStatus:
        return getEventStatus(request, host);
    default:
        break;
    }
    if (m_hasChanged) {
        m_hasChanged = false;
        return fail(request, host, MediumChanged);
    }
    switch (cdb[0]) {
    case PreventAllow:
        m_isLocked = (cdb[4] & 1) != 0;
        return succeed(request, host);
    case StartStop:
        return startStop(request, host);
    case MechanismStatus:
        return mechanismStatus(request, host);
    case ModeSense6:
    case ModeSense10:
        return modeSense(request, host);
    case SetCdSpeed:
    case StopPlay:
        return succeed(request, host);
    case TestUnitReady:
    case Seek:
    case SynchronizeCache:
        if (isReady(request, host))
            succeed(request, host);
        return;
    case Read10:
        return readBlocks(request, host, loadBe<std::uint32_t>(cdb + 2),
                          loadBe<std::uint16_t>(cdb + 7));
    case Read12:
        return readBlocks(request, host, loadBe<std::uint32_t>(cdb + 2),
                          loadBe<std::uint32_t>(cdb + 6));
    case ReadCd:
        return readCd(request, host);
    case ReadCapacity:
        return readCapacity(request, host);
    case ReadToc:
        return readToc(request, host);
    case ReadDiscInformation:
        return readDiscInformation(request, host);
    case ReadTrackInformation:
        return readTrackInformation(request, host);
    case ReadDvdStructure:
        return readDvdStructure(request, host);
    default:
        return fail(request, host, InvalidCommand);
    }
}

bool AtapiDrive::isReady(const AtaRequest &request, AtaHost &host)
{
    if (m_medium)
        return true;
    fail(request, host, m_isTrayOpen ? NoMediumTrayOpen : NoMedium);
    return false;
}

// MMC-6 6.38
void AtapiDrive::startStop(const AtaRequest &request, AtaHost &host)
{
    const std::uint8_t action = request.packet[4];
    const bool isLoadEject = (action & 2) != 0 && (action >> 4) == 0;
    if (!isLoadEject)
        return succeed(request, host);
    if ((action & 1) != 0) {
        m_isTrayOpen = false;
        return succeed(request, host);
    }
    if (m_isLocked)
        return fail(request, host, m_medium ? RemovalPrevented : NoMedium);
    eject();
    succeed(request, host);
}

void AtapiDrive::eject()
{
    const bool hadMedium = m_medium != nullptr;
    m_isTrayOpen = true;
    m_medium.reset();
    m_hasChanged = false;
    if (!hadMedium)
        return;
    m_event = MediaEvent::MediumRemoval;
    if (m_ejected)
        m_ejected();
}

void AtapiDrive::readBlocks(const AtaRequest &request, AtaHost &host, std::uint32_t block,
                            std::uint32_t count)
{
    if (!isReady(request, host))
        return;
    if (block > blocks() || count > blocks() - block)
        return fail(request, host, OutOfRange);
    if (count == 0)
        return succeed(request, host);
    if (count > MaxBlocksAtOnce)
        return fail(request, host, InvalidField);
    const std::uint64_t offset = block * BlockBytes;
    BlockRequest read{.operation = BlockOperation::Read, .offset = offset};
    const auto covered = host.buffers(request, count * BlockBytes, read.buffers);
    if (!covered)
        return;
    // The medium moves what the guest has room for; whole sectors of the image.
    const std::uint64_t onMedium = std::min(*covered, m_medium->sizeBytes() - offset);
    const std::uint64_t wanted = onMedium & ~(SectorBytes - 1);
    std::uint64_t left = wanted;
    for (iovec &piece : read.buffers) {
        const auto part = std::size_t(std::min<std::uint64_t>(left, piece.iov_len));
        // Beyond the end of an image whose last block is short.
        std::memset(static_cast<std::uint8_t *>(piece.iov_base) + part, 0, piece.iov_len - part);
        piece.iov_len = part;
        left -= part;
    }
    std::erase_if(read.buffers, [](const iovec &piece) { return piece.iov_len == 0; });
    read.length = wanted;
    if (wanted == 0)
        return succeed(request, host);
    host.submit(request, m_medium, std::move(read), [this, request, &host](Result<> result) {
        if (!result) {
            log(LogLevel::Warning, "ahci", result.error().text());
            return fail(request, host, Unreadable);
        }
        succeed(request, host);
    });
}

// MMC-6 6.15: user data only, which is all that an image has.
void AtapiDrive::readCd(const AtaRequest &request, AtaHost &host)
{
    const std::uint8_t *const cdb = request.packet.data();
    const std::uint32_t count = loadBe<std::uint32_t>(cdb + 5) & 0xffffff;
    const std::uint8_t wanted = cdb[9] & 0xf8;
    if (wanted == 0) {
        if (isReady(request, host))
            succeed(request, host);
        return;
    }
    const std::uint8_t sectorType = (cdb[1] >> 2) & 7;
    const bool isDataType = sectorType == 0 || sectorType == 2 || sectorType == 4;
    if (wanted != 0x10 || !isDataType || (cdb[10] & 7) != 0)
        return fail(request, host, InvalidField);
    readBlocks(request, host, loadBe<std::uint32_t>(cdb + 2), count);
}

void AtapiDrive::requestSense(const AtaRequest &request, AtaHost &host)
{
    // SPC-3 4.5.3; a pending UNIT ATTENTION is told and done with (SPC-3 6.27).
    if (m_sense.key == 0 && std::exchange(m_hasChanged, false))
        m_sense = MediumChanged;
    std::array<std::uint8_t, 18> data = {};
    data[0] = 0x70;
    data[2] = m_sense.key;
    data[7] = 10;
    data[12] = m_sense.code;
    data[13] = m_sense.qualifier;
    m_sense = {};
    answer(request, host, data, request.packet[4]);
}

void AtapiDrive::answer(const AtaRequest &request, AtaHost &host,
                        std::span<const std::uint8_t> data, std::size_t allocated)
{
    data = data.first(std::min(data.size(), allocated));
    if (!data.empty() && !host.send(request, data))
        return;
    if (request.packet[0] != RequestSense)
        m_sense = {};
    // ATA8-ACS 7.18 PACKET: bit 0 of the features asks for DMA; interrupt reason in the count.
    const bool isDma = (request.features() & 1) != 0;
    host.finish(request,
                {.protocol = isDma ? AtaProtocol::Plain : AtaProtocol::PacketPio,
                 .device = request.device(),
                 .count = PacketEnd,
                 .lba = request.lba()});
}

void AtapiDrive::succeed(const AtaRequest &request, AtaHost &host)
{
    answer(request, host, {}, 0);
}

void AtapiDrive::fail(const AtaRequest &request, AtaHost &host, const AtapiSense &sense)
{
    m_sense = sense;
    host.finish(request,
                {.status = AtaReady | AtaSeekComplete | AtaError,
                 .error = std::uint8_t(sense.key << 4 | AtaAborted),
                 .device = request.device(),
                 .count = PacketEnd,
                 .lba = request.lba()});
}

void AtapiDrive::abort(const AtaRequest &request, AtaHost &host)
{
    host.finish(request,
                {.status = AtaReady | AtaSeekComplete | AtaError,
                 .error = AtaAborted,
                 .device = request.device(),
                 .count = request.count(),
                 .lba = request.lba()});
}

void AtapiDrive::setFeatures(const AtaRequest &request, AtaHost &host)
{
    // ATA8-ACS 7.47: the transfer mode; keeping of settings.
    const auto feature = std::uint8_t(request.features());
    const auto mode = std::uint8_t(request.count());
    const bool isDmaMode = (mode >= 0x20 && mode <= 0x22) || (mode >= 0x40 && mode <= 0x46);
    if (feature == 0x03 && (isDmaMode || mode <= 0x0c)) {
        if (isDmaMode)
            m_transferMode = mode;
    } else if (feature != 0x66 && feature != 0xcc) {
        return abort(request, host);
    }
    host.finish(request, {.device = request.device()});
}

void AtapiDrive::serialize(StateArchive &archive)
{
    archive.value(m_sense.key);
    archive.value(m_sense.code);
    archive.value(m_sense.qualifier);
    archive.value(m_isLocked);
    archive.value(m_isTrayOpen);
    archive.value(m_hasChanged);
    archive.value(m_event);
    archive.value(m_transferMode);
    if (!archive.isLoading() || archive.hasFailed())
        return;
    if (m_event > MediaEvent::MediumRemoval)
        return archive.fail("its drive has an event that does not exist");
    m_sense.key &= 0xf;
}

} // namespace engine
