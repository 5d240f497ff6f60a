// SPDX-License-Identifier: GPL-3.0-or-later
// What changed of a picture while nobody could be told: a few rectangles, or, when there would be
// more, the one around all of them. Guest pixels.
#pragma once

#include "engine/host/frame_source.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace engine {

class DamageList final
{
public:
    static constexpr std::size_t MaxRects = 16;

    void add(const FrameRect &rect)
    {
        m_rects.push_back(rect);
        if (m_rects.size() <= MaxRects)
            return;
        FrameRect all = rect;
        for (const FrameRect &each : m_rects)
            all = around(all, each);
        m_rects.assign(1, all);
    }
    void clear() { m_rects.clear(); }
    bool isEmpty() const { return m_rects.empty(); }
    const std::vector<FrameRect> &rects() const { return m_rects; }
    std::vector<FrameRect> take() { return std::exchange(m_rects, {}); }

private:
    static FrameRect around(const FrameRect &a, const FrameRect &b)
    {
        const int left = std::min(a.x, b.x);
        const int top = std::min(a.y, b.y);
        return {left, top, std::max(a.x + a.width, b.x + b.width) - left,
                std::max(a.y + a.height, b.y + b.height) - top};
    }

    std::vector<FrameRect> m_rects;
};

} // namespace engine
