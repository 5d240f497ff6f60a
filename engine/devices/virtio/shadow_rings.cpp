// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: descriptors 2.6.5, available ring 2.6.6, used ring 2.6.8; what a driver does 2.6.13.
#include "engine/devices/virtio/shadow_rings.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace engine::virtio {

namespace {

constexpr std::size_t DescriptorBytes = 16;
constexpr std::uint16_t FlagNext = 1;
constexpr std::uint16_t FlagWrite = 2;
constexpr std::size_t IndexOffset = 2; // in both rings
constexpr std::size_t EntriesOffset = 4;
constexpr std::size_t UsedEntryBytes = 8;

// A queue's part of the file.
constexpr std::size_t AvailableOffset = ShadowRings::RingSize * DescriptorBytes;
constexpr std::size_t UsedOffset = AvailableOffset + 4096;
constexpr std::size_t QueueBytes = 0x8000;
static_assert(UsedOffset + EntriesOffset + ShadowRings::RingSize * UsedEntryBytes <= QueueBytes);
static_assert(EntriesOffset + 2 * ShadowRings::RingSize <= 4096);

// What the other process reads and writes at the same time: a ring's index, or a number of a used
// entry, read once. All offsets are multiples of its size.
template <class Number>
std::atomic_ref<Number> shared(std::uint8_t *field)
{
    return std::atomic_ref<Number>(*reinterpret_cast<Number *>(field));
}

Error noMemory(const char *what)
{
    return Error(ErrorKind::Io, std::string(what) + ": " + std::strerror(errno));
}

} // namespace

ShadowRings::ShadowRings(unsigned queues)
    : m_rings(queues)
{
    for (Ring &ring : m_rings)
        for (std::size_t i = MaxRequests; i-- > 0;)
            ring.unused.push_back(std::uint16_t(i));
}

Result<std::unique_ptr<ShadowRings>> ShadowRings::create(unsigned queues)
{
    std::unique_ptr<ShadowRings> rings(new ShadowRings(queues));
    const std::size_t size = queues * QueueBytes + BufferBytes;
    rings->m_file = Fd(::memfd_create("vitrine-requests", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    // Its size is fixed: who makes a file shorter that another has mapped, ends that one.
    if (!rings->m_file.isOpen() || ::ftruncate(rings->m_file.get(), off_t(size)) != 0
        || ::fcntl(rings->m_file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
            != 0)
        return noMemory("There is no memory for requests");
    void *memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
                          rings->m_file.get(), 0);
    if (memory == MAP_FAILED)
        return noMemory("There is no memory for requests");
    rings->m_bytes = {static_cast<std::uint8_t *>(memory), size};
    return rings;
}

ShadowRings::~ShadowRings()
{
    if (!m_bytes.empty())
        ::munmap(m_bytes.data(), m_bytes.size());
}

VhostUserRegion ShadowRings::region() const
{
    return {.guestAddress = 0,
            .size = m_bytes.size(),
            .userAddress = reinterpret_cast<std::uintptr_t>(m_bytes.data()),
            .offset = 0,
            .descriptor = m_file.get()};
}

std::uint8_t *ShadowRings::ringsOf(unsigned index) const
{
    return m_bytes.data() + index * QueueBytes;
}

std::span<std::uint8_t> ShadowRings::buffers() const
{
    return m_bytes.subspan(m_rings.size() * QueueBytes);
}

VhostUserRing ShadowRings::describe(unsigned index) const
{
    const auto rings = reinterpret_cast<std::uintptr_t>(ringsOf(index));
    return {.index = index,
            .size = RingSize,
            .position = 0,
            .descriptors = rings,
            .available = rings + AvailableOffset,
            .used = rings + UsedOffset};
}

std::size_t ShadowRings::underWay(unsigned index) const
{
    return MaxRequests - m_rings[index].unused.size();
}

// To the other process

void ShadowRings::writeDescriptor(unsigned index, std::size_t number, std::uint64_t bufferAt,
                                  std::uint64_t length, bool isWritable, bool hasNext)
{
    std::uint8_t *const at = ringsOf(index) + number * DescriptorBytes;
    storeLe(at, std::uint64_t(m_rings.size() * QueueBytes + bufferAt));
    storeLe(at + 8, std::uint32_t(length));
    storeLe(at + 12, std::uint16_t((isWritable ? FlagWrite : 0) | (hasNext ? FlagNext : 0)));
    storeLe(at + 14, std::uint16_t(hasNext ? number + 1 : 0));
}

// False: there is no room now.
bool ShadowRings::send(unsigned index, Chain &chain)
{
    Ring &ring = m_rings[index];
    // The answer on its own cache lines.
    const std::size_t answerAfter = (chain.readableBytes + 63) / 64 * 64;
    const std::size_t bytes = answerAfter + chain.writableBytes;
    const std::optional<std::size_t> at = m_arena.take(bytes);
    if (!at)
        return false;
    const std::uint16_t number = ring.unused.back();
    ring.unused.pop_back();
    Request &request = ring.requests[number];
    request = {.isUnderWay = true,
               .position = ring.available,
               .chain = std::move(chain),
               .at = *at,
               .bytes = bytes,
               .answerAt = *at + answerAfter};
    copyFrom(request.chain.readable, 0, buffers().subspan(*at, request.chain.readableBytes));
    const std::size_t first = 2 * std::size_t(number);
    const bool hasAnswer = request.chain.writableBytes > 0;
    writeDescriptor(index, first, *at, request.chain.readableBytes, false, hasAnswer);
    if (hasAnswer)
        writeDescriptor(index, first + 1, request.answerAt, request.chain.writableBytes, true,
                        false);
    std::uint8_t *const available = ringsOf(index) + AvailableOffset;
    storeLe(available + EntriesOffset + 2 * (ring.available % RingSize), std::uint16_t(first));
    // What was written is seen no later than this.
    shared<std::uint16_t>(available + IndexOffset)
        .store(++ring.available, std::memory_order_release);
    return true;
}

// What was popped is either sent or put back at once, so that those that are put back at the end()
// are the last ones popped.
Result<bool> ShadowRings::forward(unsigned index, Virtqueue &queue)
{
    bool isAnyNew = false;
    while (!m_rings[index].unused.empty()) {
        std::optional<Chain> chain = queue.pop();
        if (!chain)
            break;
        if (chain->readableBytes + chain->writableBytes > BufferBytes - 64) {
            queue.unpop();
            return Error(ErrorKind::Invalid, "a request is larger than any that is meant");
        }
        if (!send(index, *chain)) {
            queue.unpop(); // an answer makes room
            break;
        }
        isAnyNew = true;
    }
    return isAnyNew;
}

// And back

Result<> ShadowRings::collect(unsigned index, Virtqueue &queue)
{
    Ring &ring = m_rings[index];
    std::uint8_t *const used = ringsOf(index) + UsedOffset;
    const auto end = shared<std::uint16_t>(used + IndexOffset).load(std::memory_order_acquire);
    if (std::uint16_t(end - ring.used) > underWay(index))
        return Error(ErrorKind::Io, "it answers more than it was asked");
    for (; ring.used != end; ++ring.used) {
        std::uint8_t *const entry = used + EntriesOffset + (ring.used % RingSize) * UsedEntryBytes;
        const auto head = shared<std::uint32_t>(entry).load(std::memory_order_relaxed);
        const auto written = shared<std::uint32_t>(entry + 4).load(std::memory_order_relaxed);
        if (head % 2 != 0 || head / 2 >= MaxRequests || !ring.requests[head / 2].isUnderWay)
            return Error(ErrorKind::Io, "it answers what it was not asked");
        Request &request = ring.requests[head / 2];
        const auto length =
            std::size_t(std::min<std::uint64_t>(written, request.chain.writableBytes));
        copyTo(request.chain.writable, 0, buffers().subspan(request.answerAt, length));
        queue.push(request.chain.head, length);
        m_arena.give(request.at, request.bytes);
        request = {};
        ring.unused.push_back(std::uint16_t(head / 2));
    }
    return {};
}

Result<> ShadowRings::end(unsigned index, Virtqueue &queue, std::uint16_t position)
{
    TRY(collect(index, queue));
    const Ring &ring = m_rings[index];
    const auto untaken = std::uint16_t(ring.available - position);
    // Each has a position of its own, so that these are all from there on.
    const bool isUntaken =
        untaken == underWay(index)
        && std::all_of(ring.requests.begin(), ring.requests.end(), [&](const Request &request) {
               return !request.isUnderWay || std::uint16_t(request.position - position) < untaken;
           });
    if (!isUntaken)
        return Error(ErrorKind::Io, "it stopped with requests that it took");
    for (std::uint16_t i = 0; i < untaken; ++i)
        queue.unpop();
    return {};
}

} // namespace engine::virtio
