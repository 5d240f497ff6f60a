// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/nvme/nvme.h"

#include "engine/base/log.h"

#include <algorithm>
#include <utility>

namespace engine::nvme {

namespace {

constexpr std::uint32_t MsixTable = 0x2000;
constexpr std::uint32_t MsixPending = 0x3000;

// CAP, 3.1.1: I/O queues of so many entries, in one piece of memory; ready within half a second of
// each unit; doorbells side by side; the NVM command set; pages of 4 KiB.
constexpr std::uint32_t CapabilitiesLowValue =
    (Controller::MostEntries - 1) | (1u << 16) | (20u << 24);
constexpr std::uint32_t CapabilitiesHighValue = 1u << 5;

constexpr std::uint32_t AdminSizesWritable = 0x0fff0fff;
constexpr std::uint64_t AddressMask = ~(PageBytes - 1);

constexpr std::uint32_t bitIf(bool isSet, std::uint32_t bit)
{
    return isSet ? bit : 0;
}

void setHalf(std::uint64_t &value, bool isHigh, std::uint32_t half)
{
    value = isHigh ? (value & 0xffffffffu) | (std::uint64_t(half) << 32)
                   : (value & ~std::uint64_t(0xffffffffu)) | half;
    value &= AddressMask;
}

} // namespace

Controller::Controller(std::string name, std::shared_ptr<BlockDevice> image, std::string serial)
    : PciFunction(std::move(name),
                  {.vendorId = 0x1b36,
                   .deviceId = 0x0010,
                   .classCode = 0x010802,
                   .revision = 2,
                   .interruptPin = 1})
    , m_image(std::move(image))
    , m_serial(std::move(serial))
{
    defineBar(Bar, BarKind::Memory64, BarBytes);
    addMsix(QueueCount, Bar, MsixTable, MsixPending);
    resetFeatures();
}

void Controller::resetFunction()
{
    m_configuration = 0;
    m_adminSizes = 0;
    m_adminSubmission = 0;
    m_adminCompletion = 0;
    resetController();
}

// 7.3.2: all but the admin queue's registers.
void Controller::resetController()
{
    ++m_generation;
    m_stale = m_inFlight;
    m_isStarted = false;
    m_hasFailed = false;
    m_isShutDown = false;
    m_isFlushing = false;
    m_interruptMask = 0;
    m_submissions = {};
    m_completions = {};
    resetFeatures();
    m_eventRequests.clear();
    if (!isMsixEnabled())
        setInterrupt(false);
}

void Controller::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    if (isRunning)
        processAll();
}

void Controller::configWritten(std::uint32_t, unsigned)
{
    updatePin(); // MSI-X may have been switched
    processAll(); // DMA may be allowed now
}

// --- Registers ---

std::uint32_t Controller::readRegister(std::uint64_t offset) const
{
    switch (offset) {
    case CapabilitiesLow:
        return CapabilitiesLowValue;
    case CapabilitiesHigh:
        return CapabilitiesHighValue;
    case Version:
        return VersionValue;
    case InterruptMaskSet:
    case InterruptMaskClear:
        return m_interruptMask;
    case Configuration:
        return m_configuration;
    case ControllerStatus: {
        // After a reset it is ready until the last of the old commands is done with memory.
        const bool isReady = m_isStarted || m_stale > 0;
        return bitIf(isReady, Ready) | bitIf(m_hasFailed, Fatal) | bitIf(m_isShutDown, ShutDown)
            | bitIf(m_isFlushing, ShuttingDown);
    }
    case AdminQueueSizes:
        return m_adminSizes;
    case AdminSubmissionLow:
        return std::uint32_t(m_adminSubmission);
    case AdminSubmissionHigh:
        return std::uint32_t(m_adminSubmission >> 32);
    case AdminCompletionLow:
        return std::uint32_t(m_adminCompletion);
    case AdminCompletionHigh:
        return std::uint32_t(m_adminCompletion >> 32);
    default:
        return 0;
    }
}

std::uint64_t Controller::readRegion(unsigned, std::uint64_t offset, unsigned size)
{
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
        const std::uint64_t at = offset + i;
        value |= std::uint64_t(std::uint8_t(readRegister(at & ~std::uint64_t(3)) >> (8 * (at & 3))))
            << (8 * i);
    }
    return value;
}

// 3.1: dwords and qwords, aligned; anything else is the host's mistake.
void Controller::writeRegion(unsigned, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (size < 4 || offset % 4 != 0)
        return;
    for (unsigned i = 0; i < size; i += 4)
        writeRegister(offset + i, std::uint32_t(value >> (8 * i)));
}

void Controller::writeRegister(std::uint64_t offset, std::uint32_t value)
{
    if (offset >= FirstDoorbell)
        return ringDoorbell(offset - FirstDoorbell, value);
    const bool isEnabled = (m_configuration & Enable) != 0;
    switch (offset) {
    case InterruptMaskSet:
        m_interruptMask |= value;
        return updatePin();
    case InterruptMaskClear:
        m_interruptMask &= ~value;
        return updatePin();
    case Configuration:
        return writeConfiguration(value);
    case AdminQueueSizes:
        if (!isEnabled)
            m_adminSizes = value & AdminSizesWritable;
        return;
    case AdminSubmissionLow:
    case AdminSubmissionHigh:
        if (!isEnabled)
            setHalf(m_adminSubmission, offset == AdminSubmissionHigh, value);
        return;
    case AdminCompletionLow:
    case AdminCompletionHigh:
        if (!isEnabled)
            setHalf(m_adminCompletion, offset == AdminCompletionHigh, value);
        return;
    default:
        return;
    }
}

void Controller::writeConfiguration(std::uint32_t value)
{
    const std::uint32_t before = std::exchange(m_configuration, value & ConfigurationWritable);
    if ((before & Enable) != 0 && (m_configuration & Enable) == 0)
        return resetController();
    if ((m_configuration & ShutdownMask) != 0 && (before & ShutdownMask) == 0)
        shutDown();
    startIfAsked();
}

void Controller::startIfAsked()
{
    if ((m_configuration & Enable) == 0 || m_isStarted || m_hasFailed || m_stale > 0)
        return;
    const std::uint32_t submissions = (m_adminSizes & 0xfff) + 1;
    const std::uint32_t completions = (m_adminSizes >> 16) + 1;
    // Pages of 4 KiB and the NVM command set; queues have two entries at least.
    if (((m_configuration >> 4) & 0x7f) != 0 || submissions < 2 || completions < 2)
        return fail("it was started with what it cannot do");
    m_submissions[0] = {.exists = true, .address = m_adminSubmission, .size = submissions};
    m_completions[0] = {
        .exists = true, .address = m_adminCompletion, .size = completions, .hasInterrupt = true};
    m_isStarted = true;
}

void Controller::fail(const char *reason)
{
    if (!std::exchange(m_hasFailed, true))
        log(LogLevel::Debug, name(), reason);
}

// 7.6.2: what was answered is on the medium afterwards.
void Controller::shutDown()
{
    if (m_isShutDown || m_isFlushing)
        return;
    if (m_image->isReadOnly()) {
        m_isShutDown = true;
        return;
    }
    m_isFlushing = true;
    ++m_inFlight;
    BlockRequest flush;
    flush.operation = BlockOperation::Flush;
    flush.completed = [this, generation = m_generation](const Result<> &) {
        const std::lock_guard guard(lock());
        --m_inFlight;
        if (generation != m_generation)
            return forgetStale();
        m_isFlushing = false;
        m_isShutDown = true;
    };
    m_image->submit(std::move(flush));
}

// One of the requests from before the last reset was answered.
void Controller::forgetStale()
{
    if (--m_stale == 0)
        startIfAsked();
}

// --- States ---

void Controller::serializeFunction(StateArchive &archive, std::uint32_t)
{
    archive.value(m_configuration);
    archive.value(m_isStarted);
    archive.value(m_hasFailed);
    archive.value(m_isShutDown);
    archive.value(m_interruptMask);
    archive.value(m_adminSizes);
    archive.value(m_adminSubmission);
    archive.value(m_adminCompletion);
    for (SubmissionQueue &queue : m_submissions) {
        archive.value(queue.exists);
        archive.value(queue.address);
        archive.value(queue.size);
        archive.value(queue.head);
        archive.value(queue.tail);
        archive.value(queue.completions);
    }
    for (CompletionQueue &queue : m_completions) {
        archive.value(queue.exists);
        archive.value(queue.address);
        archive.value(queue.size);
        archive.value(queue.head);
        archive.value(queue.tail);
        archive.value(queue.phase);
        archive.value(queue.hasInterrupt);
        archive.value(queue.vector);
    }
    archive.value(m_features);
    archive.list(m_eventRequests, MostEventRequests);
    if (!archive.isLoading() || archive.hasFailed())
        return;
    const auto isWrong = [](const auto &queue, unsigned most) {
        return queue.exists
            && (queue.size < 2 || queue.size > most || queue.head >= queue.size
                || queue.tail >= queue.size || queue.address % PageBytes != 0);
    };
    bool isDamaged = m_isStarted && (!m_submissions[0].exists || !m_completions[0].exists);
    for (unsigned i = 0; i < QueueCount; ++i) {
        const unsigned most = i == 0 ? MostAdminEntries : MostEntries;
        isDamaged = isDamaged || isWrong(m_submissions[i], most) || isWrong(m_completions[i], most)
            || (m_submissions[i].exists
                && (m_submissions[i].completions >= QueueCount
                    || !m_completions[m_submissions[i].completions].exists))
            || m_completions[i].vector >= QueueCount;
    }
    if (isDamaged) {
        m_isStarted = false;
        m_submissions = {};
        m_completions = {};
        m_eventRequests.clear();
        return archive.fail("its queues are not possible");
    }
    m_adminSubmission &= AddressMask;
    m_adminCompletion &= AddressMask;
    m_completions[0].owed = unsigned(m_eventRequests.size());
    updatePin();
}

} // namespace engine::nvme
