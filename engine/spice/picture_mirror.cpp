// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/picture_mirror.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace engine::spice {

namespace {

constexpr int TileWidth = 64;
constexpr int TileHeight = 16;

using Line = std::array<std::uint32_t, TileWidth>;

// A channel of five or six bits on eight: the highest bits again at the lower end.
std::uint32_t widened(unsigned value, unsigned bits)
{
    return value << (8 - bits) | value >> (2 * bits - 8);
}

void readLine(const Frame &frame, int x, int y, int width, Line &line)
{
    const std::uint8_t *const start = frame.pixels + std::ptrdiff_t(y) * frame.strideBytes;
    if (frame.format == PixelFormat::Xrgb32) {
        std::memcpy(line.data(), start + std::ptrdiff_t(x) * 4, std::size_t(width) * 4);
        return;
    }
    const unsigned greenBits = frame.format == PixelFormat::Rgb16_565 ? 6 : 5;
    for (int i = 0; i < width; ++i) {
        std::uint16_t pixel = 0;
        std::memcpy(&pixel, start + std::ptrdiff_t(x + i) * 2, sizeof(pixel));
        line[std::size_t(i)] = widened(pixel >> (5 + greenBits) & 0x1f, 5) << 16
            | widened(pixel >> 5 & ((1U << greenBits) - 1), greenBits) << 8
            | widened(pixel & 0x1f, 5);
    }
}

FrameRect clipped(const FrameRect &rect, const FrameRect &to)
{
    const int left = std::max(rect.x, to.x);
    const int top = std::max(rect.y, to.y);
    const int right = std::min(rect.x + rect.width, to.x + to.width);
    const int bottom = std::min(rect.y + rect.height, to.y + to.height);
    return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
}

} // namespace

FrameRect PictureMirror::areaOf(const Frame &frame)
{
    return {0, 0, std::min(frame.width, MaxSide), std::min(frame.height, MaxSide)};
}

void PictureMirror::resize(int width, int height)
{
    m_width = width;
    m_height = height;
    m_pixels.assign(std::size_t(width) * std::size_t(height), 0);
    m_pixels.shrink_to_fit();
}

std::vector<FrameRect> PictureMirror::update(const Frame &frame, std::span<const FrameRect> damage)
{
    std::vector<FrameRect> changed;
    if (frame.isEmpty() || frame.format == PixelFormat::None)
        return changed;
    const FrameRect shown = clipped(areaOf(frame), {0, 0, m_width, m_height});
    for (const FrameRect &rect : damage)
        updateTiles(frame, clipped(rect, shown), changed);
    return changed;
}

void PictureMirror::updateTiles(const Frame &frame, const FrameRect &area,
                                std::vector<FrameRect> &changed)
{
    const std::size_t first = changed.size();
    for (int y = area.y; y < area.y + area.height; y += TileHeight) {
        const int height = std::min(TileHeight, area.y + area.height - y);
        FrameRect run = {area.x, y, 0, height};
        const auto finish = [&] {
            if (run.width == 0)
                return;
            // What is below one of the same columns is its continuation.
            for (std::size_t i = first; i < changed.size(); ++i) {
                FrameRect &above = changed[i];
                if (above.x == run.x && above.width == run.width && above.y + above.height == y) {
                    above.height += height;
                    return;
                }
            }
            changed.push_back(run);
        };
        for (int x = area.x; x < area.x + area.width; x += TileWidth) {
            const int width = std::min(TileWidth, area.x + area.width - x);
            if (updateTile(frame, {x, y, width, height})) {
                run.width += width;
                continue;
            }
            finish();
            run = {x + width, y, 0, height};
        }
        finish();
    }
}

bool PictureMirror::updateTile(const Frame &frame, const FrameRect &tile)
{
    Line line = {};
    bool isChanged = false;
    for (int y = tile.y; y < tile.y + tile.height; ++y) {
        readLine(frame, tile.x, y, tile.width, line);
        std::uint32_t *const kept =
            m_pixels.data() + std::size_t(y) * std::size_t(m_width) + std::size_t(tile.x);
        const std::size_t bytes = std::size_t(tile.width) * sizeof(std::uint32_t);
        if (std::memcmp(kept, line.data(), bytes) == 0)
            continue;
        std::memcpy(kept, line.data(), bytes);
        isChanged = true;
    }
    return isChanged;
}

} // namespace engine::spice
