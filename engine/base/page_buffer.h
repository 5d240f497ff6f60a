// SPDX-License-Identifier: GPL-3.0-or-later
// Host memory that a guest can be shown: whole pages, zeros at first. Any thread.
#pragma once

#include "engine/base/result.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include <sys/mman.h>

namespace engine {

class PageBuffer final
{
public:
    PageBuffer() = default;
    static Result<PageBuffer> allocate(std::size_t bytes)
    {
        const std::size_t whole = (bytes + 4095) / 4096 * 4096;
        void *memory =
            ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return Error(ErrorKind::NoSpace,
                         "Cannot get " + std::to_string(whole)
                             + " bytes of memory: " + std::strerror(errno));
        PageBuffer buffer;
        buffer.m_bytes = {static_cast<std::uint8_t *>(memory), whole};
        return buffer;
    }
    PageBuffer(PageBuffer &&other) noexcept
        : m_bytes(std::exchange(other.m_bytes, {}))
    { }
    PageBuffer &operator=(PageBuffer &&other) noexcept
    {
        std::swap(m_bytes, other.m_bytes);
        return *this;
    }
    ~PageBuffer()
    {
        if (!m_bytes.empty())
            ::munmap(m_bytes.data(), m_bytes.size());
    }

    std::span<std::uint8_t> bytes() const { return m_bytes; }

private:
    std::span<std::uint8_t> m_bytes;
};

} // namespace engine
