// SPDX-License-Identifier: GPL-3.0-or-later
// How far a request has come in its list of buffers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <sys/uio.h>

namespace engine {

class BufferCursor final
{
public:
    explicit BufferCursor(std::vector<iovec> buffers)
        : m_buffers(std::move(buffers))
    { }

    // What is not done yet; the first one may be in part.
    std::span<const iovec> rest() const { return std::span(m_buffers).subspan(m_first); }

    void advance(std::uint64_t bytes)
    {
        while (bytes > 0 && m_first < m_buffers.size()) {
            iovec &buffer = m_buffers[m_first];
            const auto part = std::size_t(std::min<std::uint64_t>(bytes, buffer.iov_len));
            buffer.iov_base = static_cast<std::uint8_t *>(buffer.iov_base) + part;
            buffer.iov_len -= part;
            bytes -= part;
            if (buffer.iov_len == 0)
                ++m_first;
        }
    }

    // Copies between the rest's beginning and one piece of memory.
    void gather(std::span<std::uint8_t> into) const
    {
        for (const iovec &buffer : rest()) {
            const std::size_t size = std::min(buffer.iov_len, into.size());
            std::memcpy(into.data(), buffer.iov_base, size);
            into = into.subspan(size);
        }
    }
    void scatter(std::span<const std::uint8_t> from) const
    {
        for (const iovec &buffer : rest()) {
            const std::size_t size = std::min(buffer.iov_len, from.size());
            std::memcpy(buffer.iov_base, from.data(), size);
            from = from.subspan(size);
        }
    }
    void fillWithZeros() const
    {
        for (const iovec &buffer : rest())
            std::memset(buffer.iov_base, 0, buffer.iov_len);
    }

private:
    std::vector<iovec> m_buffers;
    std::size_t m_first = 0;
};

} // namespace engine
