// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/nbd_request.h"

#include <algorithm>

#include <libnbd.h>

namespace engine {

namespace {

constexpr std::uint64_t SectorBytes = 512;
constexpr std::uint64_t MaxTransferBytes = 1u << 20; // at once, of one request
constexpr std::uint64_t MaxRangeBytes = 1u << 30; // discard and zeroes: 32 bits, doc/proto.md
// Pieces of memory that are larger are sent from where they are, smaller ones gathered.
constexpr std::uint64_t DirectBytes = 32768;

} // namespace

bool NbdRequest::isNothing(const NbdExportFacts &facts) const
{
    switch (m_request.operation) {
    case BlockOperation::Flush:
        return !facts.canFlush;
    case BlockOperation::Discard:
        return !facts.canTrim || m_left == 0;
    default:
        return m_left == 0;
    }
}

bool NbdRequest::send(nbd_handle *handle, const NbdExportFacts &facts)
{
    const nbd_completion_callback callback = {
        .callback = &NbdRequest::answered, .user_data = this, .free = nullptr};
    const bool isTransfer =
        m_request.operation == BlockOperation::Read || m_request.operation == BlockOperation::Write;
    void *data = nullptr;
    if (isTransfer) {
        const iovec &first = m_buffers.rest().front();
        const std::uint64_t direct = std::min<std::uint64_t>(first.iov_len, m_left);
        m_gathered.clear();
        if (direct >= DirectBytes || direct == m_left) {
            m_piece = std::min(direct, MaxTransferBytes) & ~(SectorBytes - 1);
            data = first.iov_base;
        } else {
            m_piece = std::min(m_left, MaxTransferBytes);
            m_gathered.resize(std::size_t(m_piece));
            data = m_gathered.data();
            if (!isReading())
                m_buffers.gather(m_gathered);
        }
    } else {
        m_piece = std::min(m_left, MaxRangeBytes);
    }
    switch (m_request.operation) {
    case BlockOperation::Read:
        return nbd_aio_pread(handle, data, std::size_t(m_piece), m_offset, callback, 0) >= 0;
    case BlockOperation::Write:
        return nbd_aio_pwrite(handle, data, std::size_t(m_piece), m_offset, callback, 0) >= 0;
    case BlockOperation::Flush:
        return nbd_aio_flush(handle, callback, 0) >= 0;
    case BlockOperation::Discard:
        return nbd_aio_trim(handle, m_piece, m_offset, callback, 0) >= 0;
    case BlockOperation::WriteZeroes:
        if (facts.canZero)
            return nbd_aio_zero(handle, m_piece, m_offset, callback, 0) >= 0;
        m_piece = std::min(m_left, MaxTransferBytes);
        m_gathered.assign(std::size_t(m_piece), 0);
        return nbd_aio_pwrite(handle, m_gathered.data(), m_gathered.size(), m_offset, callback, 0)
            >= 0;
    }
    return false;
}

// Called by libnbd with its lock held. One: libnbd forgets the command.
int NbdRequest::answered(void *self, int *error)
{
    // What send() gave it.
    auto *const request = static_cast<NbdRequest *>(self);
    request->m_answers.noteAnswer(*request, *error);
    return 1;
}

UnflushedChanges::Change NbdRequest::takePiece()
{
    UnflushedChanges::Change change{
        .operation = operation(), .offset = m_offset, .length = m_piece, .data = {}};
    if (operation() == BlockOperation::Write) {
        if (m_gathered.empty()) {
            m_gathered.resize(std::size_t(m_piece));
            m_buffers.gather(m_gathered);
        }
        change.data = std::move(m_gathered);
        m_gathered.clear();
    }
    return change;
}

bool NbdRequest::pieceDone()
{
    if (isReading() && !m_gathered.empty())
        m_buffers.scatter(m_gathered);
    if (isReading() || m_request.operation == BlockOperation::Write)
        m_buffers.advance(m_piece);
    m_offset += m_piece;
    m_left -= m_piece;
    return m_left == 0;
}

} // namespace engine
