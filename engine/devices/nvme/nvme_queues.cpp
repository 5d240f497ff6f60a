// SPDX-License-Identifier: GPL-3.0-or-later
// Rings in guest memory (4.1): commands are fetched only while their completion queue has room, so
// nothing ever has to wait for a place in it.
#include "engine/base/log.h"
#include "engine/devices/nvme/nvme.h"

#include <atomic>

namespace engine::nvme {

namespace {

constexpr std::uint64_t EntryBytes = 64;
constexpr std::uint64_t CompletionBytes = 16;

} // namespace

bool Controller::isLive() const
{
    return m_isRunning && m_isStarted && !m_hasFailed && dma() != nullptr;
}

// 3.1.24, 3.1.25. What a host rings wrongly it may be told of by an event that nobody needs.
void Controller::ringDoorbell(std::uint64_t offset, std::uint32_t value)
{
    const std::uint64_t number = offset / 8;
    if (number >= QueueCount || !m_isStarted)
        return;
    const auto index = unsigned(number);
    if (offset % 8 == 0) {
        SubmissionQueue &queue = m_submissions[index];
        if (!queue.exists || value >= queue.size)
            return;
        queue.tail = value;
        return process(index);
    }
    CompletionQueue &queue = m_completions[index];
    const std::uint32_t used =
        queue.exists ? (queue.tail + queue.size - queue.head) % queue.size : 0;
    if (!queue.exists || value >= queue.size
        || (value + queue.size - queue.head) % queue.size > used)
        return;
    queue.head = value;
    updatePin();
    for (unsigned i = 0; i < QueueCount; ++i)
        if (m_submissions[i].exists && m_submissions[i].completions == index)
            process(i);
}

void Controller::processAll()
{
    for (unsigned i = 0; i < QueueCount; ++i)
        process(i);
}

void Controller::process(unsigned index)
{
    SubmissionQueue &queue = m_submissions[index];
    Entry entry;
    // A command may end the queue, or the controller.
    while (isLive() && queue.exists && !queue.deletion && fetch(queue, entry)) {
        const Command command = {index, entry.id(), m_generation};
        ++queue.inFlight;
        ++m_completions[queue.completions].owed;
        if (index == 0)
            executeAdmin(entry, command);
        else
            executeIo(entry, command);
    }
}

bool Controller::fetch(SubmissionQueue &queue, Entry &entry)
{
    const CompletionQueue &completions = m_completions[queue.completions];
    const std::uint32_t used =
        (completions.tail + completions.size - completions.head) % completions.size;
    if (queue.head == queue.tail || used + completions.owed + 1 >= completions.size)
        return false;
    if (!dma()->read(queue.address + queue.head * EntryBytes, entry.bytes)) {
        fail("a submission queue is not in memory");
        return false;
    }
    queue.head = (queue.head + 1) % queue.size;
    return true;
}

void Controller::complete(const Command &command, std::uint16_t status, std::uint32_t result)
{
    if (isStale(command))
        return;
    SubmissionQueue &queue = m_submissions[command.queue];
    --queue.inFlight;
    post(command.queue, command.id, status, result);
    if (queue.inFlight > 0 || !queue.deletion)
        return;
    // The host may have its memory back.
    const std::uint16_t deletion = *queue.deletion;
    queue = {};
    complete({0, deletion, m_generation}, Success);
}

void Controller::post(unsigned index, std::uint16_t id, std::uint16_t status, std::uint32_t result)
{
    const SubmissionQueue &queue = m_submissions[index];
    CompletionQueue &completions = m_completions[queue.completions];
    --completions.owed;
    const GuestMemory *const memory = dma();
    if (!memory)
        return fail("a completion cannot be told without DMA");
    std::array<std::uint8_t, CompletionBytes> entry = {};
    storeLe(&entry[0], result);
    storeLe(&entry[8], queue.head | (index << 16));
    const std::uint32_t shown = status == Success ? 0u : std::uint32_t(status | DoNotRetry);
    storeLe(&entry[12], id | (completions.phase ? 1u << 16 : 0u) | (shown << 17));
    const std::uint64_t address = completions.address + completions.tail * CompletionBytes;
    // The phase tells the host that the others are there.
    const std::span<const std::uint8_t> bytes(entry);
    bool isWritten = memory->write(address, bytes.first(12));
    std::atomic_thread_fence(std::memory_order_release);
    isWritten = isWritten && memory->write(address + 12, bytes.last(4));
    if (!isWritten)
        return fail("a completion queue is not in memory");
    completions.tail = (completions.tail + 1) % completions.size;
    if (completions.tail == 0)
        completions.phase = !completions.phase;
    interrupt(completions);
}

void Controller::interrupt(const CompletionQueue &queue)
{
    if (!queue.hasInterrupt)
        return;
    if (isMsixEnabled())
        sendMsix(queue.vector);
    else
        updatePin();
}

// 7.5.1.1: asserted while there is anything that the host has not seen; all queues share vector 0.
void Controller::updatePin()
{
    if (isMsixEnabled())
        return;
    bool isWanted = false;
    for (const CompletionQueue &queue : m_completions)
        isWanted = isWanted
            || (queue.exists && queue.hasInterrupt && queue.head != queue.tail
                && (m_interruptMask & (1u << queue.vector)) == 0);
    setInterrupt(isWanted);
}

} // namespace engine::nvme
