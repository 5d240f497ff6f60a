// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's picture as the encoder wants it: YUV 4:2:0 of the film's size. A larger picture is made
// smaller, a smaller one is centered as it is; around it is black. ITU-R BT.601, limited range,
// which is what players take VP8 for (RFC 6386, 9.2).
#pragma once

#include "engine/host/frame_source.h"

#include <cstdint>
#include <vector>

namespace display {

struct FilmPlane
{
    std::uint8_t *pixels = nullptr;
    int stride = 0;
};

// Chroma planes are (width + 1) / 2 by (height + 1) / 2.
struct FilmPlanes
{
    int width = 0;
    int height = 0;
    FilmPlane luma;
    FilmPlane blueness;
    FilmPlane redness;
};

class FilmPicture final
{
public:
    void draw(const engine::Frame &frame, const FilmPlanes &target);

private:
    std::vector<std::uint32_t> m_pixels; // 0x00RRGGBB, the film's size
};

// 0x00RRGGBB
std::uint32_t pixelOf(const engine::Frame &frame, int x, int y);

} // namespace display
