// SPDX-License-Identifier: GPL-3.0-or-later
// The memory of a graphics card, or of a picture made of it: a memfd, mapped shared, so that the
// guest, a window in this process and one in another process all see the same pixels. Untouched
// pages cost nothing. The size is sealed, and nobody else can ever map it for writing
// (F_SEAL_FUTURE_WRITE, fcntl(2)). Any thread.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace engine {

class VideoMemory final
{
public:
    // `size` is a multiple of 4096. All zeros at first.
    static Result<std::shared_ptr<VideoMemory>> create(std::size_t size);
    ~VideoMemory();
    VideoMemory(const VideoMemory &) = delete;
    VideoMemory &operator=(const VideoMemory &) = delete;

    std::span<std::uint8_t> bytes() const { return {m_start, m_size}; }
    std::size_t size() const { return m_size; }
    // For who only looks, also in another process; -1 where the kernel (before 5.1) could not keep
    // them from writing.
    int sharedDescriptor() const { return m_isWriteSealed ? m_descriptor.get() : -1; }

private:
    VideoMemory(Fd descriptor, std::uint8_t *start, std::size_t size, bool isWriteSealed);

    Fd m_descriptor;
    std::uint8_t *m_start;
    std::size_t m_size;
    bool m_isWriteSealed;
};

} // namespace engine
