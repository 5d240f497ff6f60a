// SPDX-License-Identifier: GPL-3.0-or-later
// What the clients were shown last: a copy of the guest's picture, in 32 bits a pixel. The guest
// draws into its own memory meanwhile, so that is read once, and what is sent is this copy's. Only
// what is really different counts as new: a card that tells whole lines or screens costs no network.
//
// One thread at a time.
#pragma once

#include "engine/host/frame_source.h"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::spice {

class PictureMirror final
{
public:
    // No side is longer than this; a larger picture is shown up to there.
    static constexpr int MaxSide = 16384;

    int width() const { return m_width; }
    int height() const { return m_height; }
    // 0x??RRGGBB; the high byte means nothing.
    const std::uint32_t *row(int y) const
    {
        return m_pixels.data() + std::size_t(y) * std::size_t(m_width);
    }

    static FrameRect areaOf(const Frame &frame); // what is shown of it
    // Another size: black.
    void resize(int width, int height);
    // Copies what is inside `damage` and not the same. The answer is where, without overlaps of
    // one rectangle's own.
    std::vector<FrameRect> update(const Frame &frame, std::span<const FrameRect> damage);

private:
    void updateTiles(const Frame &frame, const FrameRect &area, std::vector<FrameRect> &changed);
    bool updateTile(const Frame &frame, const FrameRect &tile);

    int m_width = 0;
    int m_height = 0;
    std::vector<std::uint32_t> m_pixels;
};

} // namespace engine::spice
