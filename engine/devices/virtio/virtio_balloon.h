// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio memory balloon (VIRTIO 1.1, 5.5; free page reporting as in VIRTIO 1.2, 5.5.6.7): memory
// that the guest does not need goes back to the host. By itself, whenever the guest reports pages
// that nobody uses; and as much as setTarget() asks for. What the guest knows of its memory is
// asked for with askForStatistics().
//
// Free page hints are offered and never asked for: drivers count the queues by the features that
// are there, and this way all of them come to the same numbers.
//
// Threads: as VirtioPci on the machine's io thread; the public functions on any, without the lock.
#pragma once

#include "engine/devices/virtio/virtio_pci.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace engine::virtio {

// What the guest says of its memory; in bytes, but the counters (5.5.6.3).
struct MemoryStatistics
{
    std::optional<std::uint64_t> swappedIn;
    std::optional<std::uint64_t> swappedOut;
    std::optional<std::uint64_t> majorFaults; // a counter
    std::optional<std::uint64_t> minorFaults; // a counter
    std::optional<std::uint64_t> free;
    std::optional<std::uint64_t> total;
    std::optional<std::uint64_t> available;
    std::optional<std::uint64_t> diskCaches;
    bool operator==(const MemoryStatistics &) const = default;
};

class VirtioBalloon final : public VirtioPci
{
public:
    static constexpr std::uint16_t QueueSize = 128;
    static constexpr std::uint64_t PageBytes = 4096;

    VirtioBalloon(std::string name, PollLoop *loop);
    ~VirtioBalloon() override;

    struct Facts
    {
        bool hasDriver = false;
        std::uint64_t targetBytes = 0; // taken from the guest, or to be
        std::uint64_t actualBytes = 0; // as the driver says
        std::uint64_t reportedBytes = 0; // given back by itself, since the start
        std::optional<MemoryStatistics> statistics; // the last ones
    };
    Facts facts() const;
    // How much the guest shall do without; whole pages. It takes its time, and may refuse.
    void setTarget(std::uint64_t bytes);
    // New ones will be in facts() soon, where the driver has any.
    void askForStatistics();

private:
    enum Queue : unsigned { Inflate, Deflate, Statistics, Hints, Reports };

    bool processQueue(unsigned index) override;
    void resetVirtio() override;
    void runningChanged(bool isRunning) override;
    void writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serializeVirtio(StateArchive &archive, std::uint32_t version) override;

    void takePages(const Chain &chain);
    void takeReport(const Chain &chain);
    void takeStatistics();
    void giveBack(std::span<std::uint8_t> memory);
    std::uint32_t configWord(std::size_t offset);

    std::optional<std::uint16_t> m_heldStatistics; // the driver's buffer, until others are wanted
    std::optional<MemoryStatistics> m_statistics;
    std::uint64_t m_reportedBytes = 0;
};

} // namespace engine::virtio
