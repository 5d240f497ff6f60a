// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio entropy source (VIRTIO 1.1, 5.4): random bytes of the host's kernel, at most so many a
// second that a guest cannot keep a host's processor busy with them.
//
// Threads: as VirtioPci on the machine's io thread.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/devices/virtio/virtio_pci.h"

#include <memory>
#include <string>

namespace engine::virtio {

class VirtioRng final : public VirtioPci
{
public:
    static constexpr std::uint16_t QueueSize = 64;
    static constexpr std::size_t MaxBytesAtOnce = 4096; // for one buffer: the rest stays as it is
    static constexpr std::size_t BytesPerPeriod = 64 * 1024;
    static constexpr std::chrono::milliseconds Period = std::chrono::milliseconds(100);

    VirtioRng(std::string name, GuestClock &clock, PollLoop *loop);
    ~VirtioRng() override;

private:
    bool processQueue(unsigned index) override;
    void resetVirtio() override;
    void serializeVirtio(StateArchive &archive, std::uint32_t version) override;

    GuestClock &m_clock;
    std::unique_ptr<Timer> m_nextPeriod;
    GuestTime m_periodEnd = {};
    std::size_t m_left = BytesPerPeriod;
};

} // namespace engine::virtio
