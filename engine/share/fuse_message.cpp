// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/share/fuse_message.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace engine::share {

namespace {

std::size_t totalOf(std::span<const iovec> pieces)
{
    std::size_t total = 0;
    for (const iovec &piece : pieces)
        total += piece.iov_len;
    return total;
}

// `size` bytes from `offset` on, as far as there are any.
std::vector<iovec> part(std::span<const iovec> pieces, std::size_t offset, std::size_t size)
{
    std::vector<iovec> found;
    found.reserve(pieces.size());
    for (const iovec &piece : pieces) {
        if (size == 0)
            break;
        if (offset >= piece.iov_len) {
            offset -= piece.iov_len;
            continue;
        }
        const std::size_t count = std::min(size, piece.iov_len - offset);
        found.push_back({static_cast<char *>(piece.iov_base) + offset, count});
        size -= count;
        offset = 0;
    }
    return found;
}

} // namespace

FuseRequest::FuseRequest(std::span<const iovec> pieces)
    : m_pieces(pieces)
    , m_left(totalOf(pieces))
{
    const std::size_t total = m_left;
    if (!take(m_header)) {
        m_header = {};
        return;
    }
    m_isWhole = m_header.len >= sizeof m_header && m_header.len <= total;
    m_left = m_isWhole ? m_header.len - sizeof m_header : 0;
}

bool FuseRequest::takeBytes(void *into, std::size_t size)
{
    char *target = static_cast<char *>(into);
    if (size > m_left) {
        std::memset(target, 0, size);
        return false;
    }
    m_left -= size;
    while (size > 0) {
        const iovec &piece = m_pieces.front();
        const std::size_t count = std::min(size, piece.iov_len - m_offset);
        if (count > 0)
            std::memcpy(target, static_cast<const char *>(piece.iov_base) + m_offset, count);
        target += count;
        size -= count;
        m_offset += count;
        if (m_offset == piece.iov_len) {
            m_pieces = m_pieces.subspan(1);
            m_offset = 0;
        }
    }
    return true;
}

int FuseRequest::takeString(std::string &into, std::size_t limit)
{
    into.clear();
    char byte = 0;
    while (takeBytes(&byte, 1)) {
        if (byte == 0)
            return 0;
        if (into.size() == limit)
            return ENAMETOOLONG;
        into += byte;
    }
    return EINVAL;
}

int FuseRequest::takeName(std::string &into)
{
    if (const int error = takeString(into, NAME_MAX))
        return error;
    if (into.empty() || into == "." || into == ".." || into.find('/') != std::string::npos)
        return EINVAL;
    return 0;
}

std::vector<iovec> FuseRequest::takePieces(std::size_t size)
{
    size = std::min(size, m_left);
    std::vector<iovec> pieces = part(m_pieces, m_offset, size);
    m_left = 0; // nothing follows data
    return pieces;
}

FuseReply::FuseReply(std::span<const iovec> pieces, std::uint64_t unique)
    : m_pieces(pieces)
    , m_unique(unique)
{
    const std::size_t total = totalOf(pieces);
    m_hasRoom = total >= sizeof(fuse_out_header);
    m_capacity = m_hasRoom ? total - sizeof(fuse_out_header) : 0;
}

std::vector<iovec> FuseReply::payload(std::size_t size) const
{
    return part(m_pieces, sizeof(fuse_out_header), std::min(size, m_capacity));
}

std::size_t FuseReply::fail(int error)
{
    if (!m_hasRoom)
        return 0;
    const fuse_out_header header{sizeof header, -error, m_unique};
    copy(0, &header, sizeof header);
    return sizeof header;
}

std::size_t FuseReply::withBytes(const void *bytes, std::size_t size)
{
    if (size > m_capacity)
        return fail(EIO);
    copy(sizeof(fuse_out_header), bytes, size);
    return finish(size);
}

std::size_t FuseReply::finish(std::size_t payloadBytes)
{
    if (!m_hasRoom)
        return 0;
    const std::size_t total = sizeof(fuse_out_header) + payloadBytes;
    const fuse_out_header header{std::uint32_t(total), 0, m_unique};
    copy(0, &header, sizeof header);
    return total;
}

void FuseReply::copy(std::size_t offset, const void *bytes, std::size_t size) const
{
    const char *source = static_cast<const char *>(bytes);
    for (const iovec &piece : part(m_pieces, offset, size)) {
        std::memcpy(piece.iov_base, source, piece.iov_len);
        source += piece.iov_len;
    }
}

std::int64_t transfer(Direction direction, int descriptor, std::vector<iovec> &pieces,
                      std::uint64_t offset, int flags)
{
    std::int64_t moved = 0;
    std::span<iovec> left(pieces);
    while (!left.empty()) {
        const int count = int(std::min<std::size_t>(left.size(), IOV_MAX));
        const off_t at = off_t(offset + std::uint64_t(moved));
        const ssize_t result = direction == Direction::FromFile
            ? ::preadv2(descriptor, left.data(), count, at, flags)
            : ::pwritev2(descriptor, left.data(), count, at, flags);
        if (result < 0 && errno == EINTR)
            continue;
        if (result < 0)
            return moved > 0 ? moved : -errno;
        if (result == 0)
            break;
        moved += result;
        for (std::size_t done = std::size_t(result); done > 0;) {
            iovec &first = left.front();
            const std::size_t part = std::min(done, first.iov_len);
            first.iov_base = static_cast<char *>(first.iov_base) + part;
            first.iov_len -= part;
            done -= part;
            if (first.iov_len == 0)
                left = left.subspan(1);
        }
    }
    return moved;
}

} // namespace engine::share
