// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_rng.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/random.h>

namespace engine::virtio {

namespace {

constexpr std::uint16_t DeviceType = 4;
constexpr std::uint32_t ClassCode = 0x00ff00; // unclassified, as QEMU's

// How many there are; fewer only where the host's kernel has none to give.
std::size_t fillRandom(std::span<std::uint8_t> bytes)
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::getrandom(bytes.data() + done, bytes.size() - done, 0);
        if (got < 0 && errno != EINTR)
            break;
        done += got > 0 ? std::size_t(got) : 0;
    }
    return done;
}

} // namespace

VirtioRng::VirtioRng(std::string name, GuestClock &clock, PollLoop *loop)
    : VirtioPci(std::move(name),
                {.deviceType = DeviceType, .classCode = ClassCode, .queueSizes = {QueueSize}}, loop)
    , m_clock(clock)
    , m_nextPeriod(clock.makeTimer(lock(), [this] { kick(0); }))
{ }

VirtioRng::~VirtioRng()
{
    leaveLoop();
    const std::lock_guard guard(lock());
    m_nextPeriod.reset();
}

void VirtioRng::resetVirtio()
{
    m_nextPeriod->disarm();
    m_periodEnd = {};
    m_left = BytesPerPeriod;
}

bool VirtioRng::processQueue(unsigned index)
{
    Virtqueue &ring = queue(index);
    const GuestTime now = m_clock.now();
    if (now >= m_periodEnd) {
        m_periodEnd = now + Period;
        m_left = BytesPerPeriod;
    }
    bool isDone = false;
    for (unsigned i = 0; i < ring.size() && m_left > 0 && !isDone; ++i) {
        const std::optional<Chain> chain = ring.pop();
        isDone = !chain;
        if (isDone)
            break;
        std::array<std::uint8_t, MaxBytesAtOnce> bytes;
        const std::size_t wanted =
            std::size_t(std::min<std::uint64_t>({chain->writableBytes, bytes.size(), m_left}));
        const std::size_t got = fillRandom(std::span(bytes).first(wanted));
        m_left -= got;
        ring.push(chain->head, copyTo(chain->writable, 0, std::span(bytes).first(got)));
    }
    finish(index);
    if (m_left > 0)
        return isDone;
    m_nextPeriod->arm(m_periodEnd);
    return true;
}

void VirtioRng::serializeVirtio(StateArchive &, std::uint32_t) { }

} // namespace engine::virtio
