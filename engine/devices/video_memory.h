// SPDX-License-Identifier: GPL-3.0-or-later
// The memory of a graphics card: a memfd, mapped shared, so that the guest, a window in this
// process and one in another process all see the same pixels. Untouched pages cost nothing; the
// size is sealed. Any thread.
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
    int descriptor() const { return m_descriptor.get(); } // not given away

private:
    VideoMemory(Fd descriptor, std::uint8_t *start, std::size_t size);

    Fd m_descriptor;
    std::uint8_t *m_start;
    std::size_t m_size;
};

} // namespace engine
