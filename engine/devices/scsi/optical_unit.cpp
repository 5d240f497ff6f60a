// SPDX-License-Identifier: GPL-3.0-or-later
// Dispatch, medium and transfers; what the drive tells about itself and the medium is in
// optical_information.cpp.
#include "engine/devices/scsi/optical_unit.h"

#include "engine/base/bytes.h"
#include "engine/base/log.h"
#include "engine/devices/scsi/scsi_commands.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace engine {

using namespace scsi;

OpticalUnit::OpticalUnit(std::shared_ptr<BlockDevice> medium, OpticalIdentity identity,
                         std::function<void()> ejected)
    : m_medium(std::move(medium))
    , m_identity(std::move(identity))
    , m_ejected(std::move(ejected))
{ }

void OpticalUnit::reset()
{
    m_isLocked = false;
    m_isTrayOpen = m_medium == nullptr && m_isTrayOpen;
    m_hasChanged = false;
    m_event = MediaEvent::None;
}

ScsiSense OpticalUnit::takeAttention()
{
    return std::exchange(m_hasChanged, false) ? MediumChanged : ScsiSense();
}

void OpticalUnit::execute(const ScsiTaskPtr &task)
{
    const std::uint8_t *const cdb = task->command.data();
    // What may be asked at any time, a changed medium or not (MMC-6 4.1.6.1).
    switch (cdb[0]) {
    case Inquiry:
        return inquiry(task);
    case RequestSense: // a pending UNIT ATTENTION is told and done with (SPC-4 6.39)
        return answer(task, fixedSense(takeAttention()), cdb[4]);
    case ReportLuns:
        if (m_identity.isAtapi)
            break;
        return answer(task, onlyUnit(), loadBe<std::uint32_t>(cdb + 6));
    case GetConfiguration:
        return getConfiguration(task);
    case GetEventStatus:
        return getEventStatus(task);
    default:
        break;
    }
    if (const ScsiSense attention = takeAttention(); attention.key != 0)
        return fail(task, attention);
    switch (cdb[0]) {
    case PreventAllow:
        m_isLocked = (cdb[4] & 1) != 0;
        return succeed(task);
    case StartStop:
        return startStop(task);
    case MechanismStatus:
        return mechanismStatus(task);
    case ModeSense6:
    case ModeSense10:
        return modeSense(task);
    case SetCdSpeed:
    case StopPlay:
        return succeed(task);
    case TestUnitReady:
    case Seek:
    case SynchronizeCache:
        if (isReady(task))
            succeed(task);
        return;
    case Read10:
        return readBlocks(task, loadBe<std::uint32_t>(cdb + 2), loadBe<std::uint16_t>(cdb + 7));
    case Read12:
        return readBlocks(task, loadBe<std::uint32_t>(cdb + 2), loadBe<std::uint32_t>(cdb + 6));
    case ReadCd:
        return readCd(task);
    case ReadCapacity:
        return readCapacity(task);
    case ReadToc:
        return readToc(task);
    case ReadDiscInformation:
        return readDiscInformation(task);
    case ReadTrackInformation:
        return readTrackInformation(task);
    case ReadDvdStructure:
        return readDvdStructure(task);
    default:
        return fail(task, InvalidCommand);
    }
}

void OpticalUnit::answer(const ScsiTaskPtr &task, std::span<const std::uint8_t> data,
                         std::size_t allocated)
{
    task->answer(data.first(std::min(data.size(), allocated)));
}

std::uint64_t OpticalUnit::blocks() const
{
    if (!m_medium)
        return 0;
    const std::uint64_t count = (m_medium->sizeBytes() + OpticalBlockBytes - 1) / OpticalBlockBytes;
    return std::min<std::uint64_t>(count, 0xffffffff);
}

bool OpticalUnit::isDvd() const
{
    return blocks() > MaxCdBlocks;
}

Result<> OpticalUnit::changeMedium(std::shared_ptr<BlockDevice> medium, bool force,
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

bool OpticalUnit::isReady(const ScsiTaskPtr &task)
{
    if (m_medium)
        return true;
    fail(task, m_isTrayOpen ? NoMediumTrayOpen : NoMedium);
    return false;
}

// MMC-6 6.38
void OpticalUnit::startStop(const ScsiTaskPtr &task)
{
    const std::uint8_t action = task->command[4];
    const bool isLoadEject = (action & 2) != 0 && (action >> 4) == 0;
    if (!isLoadEject)
        return succeed(task);
    if ((action & 1) != 0) {
        m_isTrayOpen = false;
        return succeed(task);
    }
    if (m_isLocked)
        return fail(task, m_medium ? RemovalPrevented : NoMedium);
    eject();
    succeed(task);
}

void OpticalUnit::eject()
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

void OpticalUnit::readBlocks(const ScsiTaskPtr &task, std::uint32_t block, std::uint32_t count)
{
    if (!isReady(task))
        return;
    if (block > blocks() || count > blocks() - block)
        return fail(task, OutOfRange);
    if (count == 0)
        return succeed(task);
    if (count > MaxBlocksAtOnce)
        return fail(task, InvalidField);
    const std::uint64_t offset = block * OpticalBlockBytes;
    BlockRequest read{.operation = BlockOperation::Read, .offset = offset};
    const auto covered =
        task->buffers(BlockOperation::Read, count * OpticalBlockBytes, read.buffers);
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
        return succeed(task);
    task->submit(m_medium, std::move(read), [task](Result<> result) {
        if (!result) {
            log(LogLevel::Warning, "dvd", result.error().text());
            return fail(task, Unreadable);
        }
        succeed(task);
    });
}

// MMC-6 6.15: user data only, which is all that an image has.
void OpticalUnit::readCd(const ScsiTaskPtr &task)
{
    const std::uint8_t *const cdb = task->command.data();
    const std::uint32_t count = loadBe<std::uint32_t>(cdb + 5) & 0xffffff;
    const std::uint8_t wanted = cdb[9] & 0xf8;
    if (wanted == 0) {
        if (isReady(task))
            succeed(task);
        return;
    }
    const std::uint8_t sectorType = (cdb[1] >> 2) & 7;
    const bool isDataType = sectorType == 0 || sectorType == 2 || sectorType == 4;
    if (wanted != 0x10 || !isDataType || (cdb[10] & 7) != 0)
        return fail(task, InvalidField);
    readBlocks(task, loadBe<std::uint32_t>(cdb + 2), count);
}

void OpticalUnit::serialize(StateArchive &archive)
{
    archive.value(m_isLocked);
    archive.value(m_isTrayOpen);
    archive.value(m_hasChanged);
    archive.value(m_event);
    if (archive.isLoading() && !archive.hasFailed() && m_event > MediaEvent::MediumRemoval)
        archive.fail("its drive has an event that does not exist");
}

} // namespace engine
