// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_balloon.h"

#include "engine/base/log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>

namespace engine::virtio {

namespace {

constexpr std::uint16_t DeviceType = 5;
constexpr std::uint32_t ClassCode = 0x00ff00; // unclassified, as QEMU's

enum Feature : std::uint64_t { // 5.5.3
    FeatureStatistics = 1 << 1,
    FeatureDeflateOnOutOfMemory = 1 << 2,
    FeatureFreePageHints = 1 << 3,
    FeatureReporting = 1 << 5,
};

enum ConfigField : std::size_t { // 5.5.4
    TargetPages = 0,
    ActualPages = 4,
    HintCommand = 8, // 0: hints are not wanted
    ConfigBytes = 16,
};

enum Tag : std::uint16_t { // 5.5.6.4
    SwappedIn,
    SwappedOut,
    MajorFaults,
    MinorFaults,
    FreeMemory,
    TotalMemory,
    AvailableMemory,
    DiskCaches,
};
constexpr std::size_t StatisticBytes = 10; // a 16-bit tag and a 64-bit value
constexpr std::size_t MostStatistics = 64;
// Linux sends 256 at a time. What is more than this of one buffer stays with the guest.
constexpr std::size_t MostPages = 16384;
constexpr unsigned ChainsAtOnce = 16;

} // namespace

VirtioBalloon::VirtioBalloon(std::string name, PollLoop *loop)
    : VirtioPci(std::move(name),
                {.deviceType = DeviceType,
                 .classCode = ClassCode,
                 .features = FeatureStatistics | FeatureDeflateOnOutOfMemory | FeatureFreePageHints
                     | FeatureReporting,
                 .queueSizes = {QueueSize, QueueSize, QueueSize, QueueSize, QueueSize},
                 .configBytes = ConfigBytes},
                loop)
{ }

VirtioBalloon::~VirtioBalloon()
{
    leaveLoop();
}

std::uint32_t VirtioBalloon::configWord(std::size_t offset)
{
    return loadLe<std::uint32_t>(&deviceConfig()[offset]);
}

VirtioBalloon::Facts VirtioBalloon::facts() const
{
    const std::lock_guard guard(lock());
    auto &self = const_cast<VirtioBalloon &>(*this); // reads the configuration only
    Facts facts;
    facts.hasDriver = isDriverReady();
    facts.targetBytes = self.configWord(TargetPages) * PageBytes;
    facts.actualBytes = self.configWord(ActualPages) * PageBytes;
    facts.reportedBytes = m_reportedBytes;
    facts.statistics = m_statistics;
    return facts;
}

void VirtioBalloon::setTarget(std::uint64_t bytes)
{
    const std::lock_guard guard(lock());
    const auto pages = std::uint32_t(
        std::min<std::uint64_t>(bytes / PageBytes, std::numeric_limits<std::uint32_t>::max()));
    if (pages == configWord(TargetPages))
        return;
    storeLe(&deviceConfig()[TargetPages], pages);
    configChanged();
}

void VirtioBalloon::askForStatistics()
{
    const std::lock_guard guard(lock());
    if (!m_heldStatistics || !isLive())
        return;
    queue(Statistics).push(*std::exchange(m_heldStatistics, {}), 0);
    finish(Statistics);
}

// The driver tells how large the balloon is; the rest is the device's.
void VirtioBalloon::writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    for (unsigned i = 0; i < size; ++i)
        if (offset + i >= ActualPages && offset + i < HintCommand)
            deviceConfig()[std::size_t(offset + i)] = std::uint8_t(value >> (8 * i));
}

// What was taken is the guest's again with the next start of its driver; what it shall do without
// stays asked for.
void VirtioBalloon::resetVirtio()
{
    storeLe(&deviceConfig()[ActualPages], std::uint32_t(0));
    m_heldStatistics.reset();
    m_statistics.reset();
}

void VirtioBalloon::runningChanged(bool isRunning)
{
    // Nothing may be outstanding in a saved state: the buffer is looked at once more later.
    if (!isRunning && std::exchange(m_heldStatistics, {}))
        queue(Statistics).unpop();
}

// What one of our pages covers of it; read as zeros (or as an older state of them) from then on,
// which is all that a guest may expect of pages that it gave away.
void VirtioBalloon::giveBack(std::span<std::uint8_t> memory)
{
    const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
    const std::uintptr_t first = (begin + PageBytes - 1) / PageBytes * PageBytes;
    const std::uintptr_t end = (begin + memory.size()) / PageBytes * PageBytes;
    if (first >= end)
        return;
    std::uint8_t *const from = memory.data() + (first - begin);
    const std::size_t size = end - first;
    // Shared memory is a file's: there it goes by making a hole.
    for (const GuestMemory::Region &region : connections().ram->regions()) {
        if (region.descriptor < 0 || from < region.host.data()
            || from >= region.host.data() + region.host.size())
            continue;
        const auto offset = std::uint64_t(from - region.host.data());
        if (::fallocate(region.descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                        off_t(region.descriptorOffset + offset), off_t(size))
            != 0)
            log(LogLevel::Debug, "balloon",
                std::string("memory cannot be given back: ") + std::strerror(errno));
        return;
    }
    if (::madvise(from, size, MADV_DONTNEED) != 0)
        log(LogLevel::Debug, "balloon",
            std::string("memory cannot be given back: ") + std::strerror(errno));
}

// An array of page numbers (5.5.6.1).
void VirtioBalloon::takePages(const Chain &chain)
{
    std::array<std::uint8_t, 1024> piece;
    const std::uint64_t bytes = std::min<std::uint64_t>(chain.readableBytes, 4 * MostPages);
    for (std::uint64_t offset = 0; offset + 4 <= bytes; offset += piece.size()) {
        const std::size_t got =
            copyFrom(chain.readable, offset,
                     std::span(piece).first(
                         std::size_t(std::min<std::uint64_t>(piece.size(), bytes - offset))));
        for (std::size_t i = 0; i + 4 <= got; i += 4) {
            const std::uint64_t page = loadLe<std::uint32_t>(&piece[i]);
            giveBack(connections().ram->span(page * PageBytes, PageBytes));
        }
    }
}

void VirtioBalloon::takeReport(const Chain &chain)
{
    for (const std::span<std::uint8_t> piece : chain.writable)
        giveBack(piece);
    m_reportedBytes += chain.writableBytes;
}

// The driver's first buffer comes by itself, the others when the one before went back (5.5.6.3).
void VirtioBalloon::takeStatistics()
{
    const std::optional<Chain> chain = queue(Statistics).pop();
    if (!chain) {
        finish(Statistics);
        return;
    }
    MemoryStatistics statistics;
    std::array<std::uint8_t, StatisticBytes> entry;
    for (std::size_t i = 0; i < MostStatistics; ++i) {
        if (copyFrom(chain->readable, i * StatisticBytes, entry) < entry.size())
            break;
        const auto value = loadLe<std::uint64_t>(&entry[2]);
        switch (loadLe<std::uint16_t>(&entry[0])) {
        case SwappedIn:
            statistics.swappedIn = value;
            break;
        case SwappedOut:
            statistics.swappedOut = value;
            break;
        case MajorFaults:
            statistics.majorFaults = value;
            break;
        case MinorFaults:
            statistics.minorFaults = value;
            break;
        case FreeMemory:
            statistics.free = value;
            break;
        case TotalMemory:
            statistics.total = value;
            break;
        case AvailableMemory:
            statistics.available = value;
            break;
        case DiskCaches:
            statistics.diskCaches = value;
            break;
        default: // newer ones
            break;
        }
    }
    m_statistics = statistics;
    m_heldStatistics = chain->head;
}

bool VirtioBalloon::processQueue(unsigned index)
{
    if (index == Statistics) {
        if (!m_heldStatistics)
            takeStatistics();
        return true;
    }
    for (unsigned i = 0; i < ChainsAtOnce; ++i) {
        const std::optional<Chain> chain = queue(index).pop();
        if (!chain) {
            finish(index);
            return true;
        }
        if (index == Inflate)
            takePages(*chain);
        else if (index == Reports)
            takeReport(*chain);
        // Pages that come back from the balloon are there as soon as the guest touches them.
        queue(index).push(chain->head, 0);
    }
    finish(index);
    return false;
}

void VirtioBalloon::serializeVirtio(StateArchive &archive, std::uint32_t)
{
    std::uint32_t target = configWord(TargetPages);
    std::uint32_t actual = configWord(ActualPages);
    archive.value(target);
    archive.value(actual);
    if (!archive.isLoading() || archive.hasFailed())
        return;
    storeLe(&deviceConfig()[TargetPages], target);
    storeLe(&deviceConfig()[ActualPages], actual);
}

} // namespace engine::virtio
