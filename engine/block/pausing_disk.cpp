// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/pausing_disk.h"

#include "engine/base/log.h"

#include <utility>

namespace engine {

PausingDisk::PausingDisk(std::shared_ptr<BlockDevice> image, ReadFailure readFailure,
                         Notice problemRaised)
    : m_image(std::move(image))
    , m_readFailure(readFailure)
    , m_problemRaised(std::move(problemRaised))
{ }

void PausingDisk::submit(BlockRequest request)
{
    send(std::move(request));
}

void PausingDisk::send(BlockRequest request)
{
    // The image uses up the buffers of its copy.
    BlockRequest inner{.operation = request.operation,
                       .offset = request.offset,
                       .length = request.length,
                       .buffers = request.buffers};
    inner.completed = [this, outer = std::make_shared<BlockRequest>(std::move(request))](
                          Result<> result) { answered(*outer, std::move(result)); };
    ++m_inFlight;
    m_image->submit(std::move(inner));
}

bool PausingDisk::isKept(const BlockRequest &request, const Error &error) const
{
    if (request.operation == BlockOperation::Read && m_readFailure == ReadFailure::ReachesGuest)
        return false;
    // A request that makes no sense stays so.
    return error.kind() != ErrorKind::Invalid && error.kind() != ErrorKind::Denied
        && error.kind() != ErrorKind::Unsupported;
}

// This disk may be gone when completed() returns.
void PausingDisk::answered(BlockRequest &request, Result<> result)
{
    if (!result && isKept(request, result.error())) {
        const Error &error = result.error();
        bool isNew = false;
        {
            const std::lock_guard lock(m_mutex);
            m_kept.push_back({std::move(request), error});
            isNew = !std::exchange(m_isProblemTold, true);
        }
        --m_inFlight;
        if (!isNew)
            return;
        log(LogLevel::Error, "disk", error.text());
        const bool isFull = error.kind() == ErrorKind::NoSpace;
        m_problemRaised({.kind = isFull ? VmProblem::Kind::DiskFull : VmProblem::Kind::DiskError,
                         .text = error.text(),
                         .remedy = error.remedy()});
        return;
    }
    if (result && request.operation == BlockOperation::Read)
        m_bytesRead.fetch_add(request.length, std::memory_order_relaxed);
    else if (result && request.operation == BlockOperation::Write)
        m_bytesWritten.fetch_add(request.length, std::memory_order_relaxed);
    --m_inFlight;
    const auto completed = std::move(request.completed);
    completed(std::move(result));
}

void PausingDisk::retry()
{
    std::vector<Kept> kept;
    {
        const std::lock_guard lock(m_mutex);
        kept.swap(m_kept);
        m_isProblemTold = false;
    }
    for (Kept &each : kept)
        send(std::move(each.request));
}

void PausingDisk::giveUp()
{
    std::vector<Kept> kept;
    {
        const std::lock_guard lock(m_mutex);
        kept.swap(m_kept);
        m_isProblemTold = false;
    }
    for (Kept &each : kept)
        each.request.completed(std::move(each.error));
}

bool PausingDisk::hasKept() const
{
    const std::lock_guard lock(m_mutex);
    return !m_kept.empty();
}

} // namespace engine
