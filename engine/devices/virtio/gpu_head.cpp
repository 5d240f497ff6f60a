// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/gpu_head.h"

#include "engine/base/log.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace engine::virtio {

namespace {

constexpr std::size_t PageBytes = 4096;
constexpr std::uint32_t WidthStep = 8; // an EDID's
constexpr std::uint32_t HeightStep = 2;
constexpr std::uint32_t MinWidth = 64;
constexpr std::uint32_t MinHeight = 64;

// Premultiplied: source over destination, each of 8 bits.
std::uint32_t over(std::uint32_t source, std::uint32_t below)
{
    const std::uint32_t rest = 255 - (source >> 24);
    std::uint32_t result = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const std::uint32_t part = ((below >> shift) & 0xff) * rest;
        const std::uint32_t sum = ((source >> shift) & 0xff) + (part + 127) / 255;
        result |= std::min<std::uint32_t>(sum, 255) << shift;
    }
    return result;
}

} // namespace

FrameRect commonPart(const FrameRect &a, const FrameRect &b)
{
    const int left = std::max(a.x, b.x);
    const int top = std::max(a.y, b.y);
    const int right = std::min(a.x + a.width, b.x + b.width);
    const int bottom = std::min(a.y + a.height, b.y + b.height);
    if (right <= left || bottom <= top)
        return {};
    return {left, top, right - left, bottom - top};
}

GpuHead::Wish GpuHead::nearest(std::uint32_t width, std::uint32_t height)
{
    if (width == 0 || height == 0)
        return {};
    return {std::clamp(width / WidthStep * WidthStep, MinWidth, MaxWidth),
            std::clamp(height / HeightStep * HeightStep, MinHeight, MaxHeight)};
}

bool GpuHead::show(std::uint32_t resource, const FrameRect &place, bool &isReplaced)
{
    isReplaced = !m_picture || place.width != m_width || place.height != m_height;
    if (isReplaced) {
        const std::uint64_t bytes =
            GpuResource::bytesOf(std::uint32_t(place.width), std::uint32_t(place.height));
        if (bytes > MaxPictureBytes)
            return false;
        Result<std::shared_ptr<VideoMemory>> memory =
            VideoMemory::create((std::size_t(bytes) + PageBytes - 1) / PageBytes * PageBytes);
        if (!memory) {
            log(LogLevel::Warning, "virtio-gpu", memory.error().text());
            return false;
        }
        m_picture = *std::move(memory);
        m_width = place.width;
        m_height = place.height;
    }
    m_resource = resource;
    m_place = place;
    m_isStale = true;
    m_isNew = true;
    return true;
}

void GpuHead::darken()
{
    m_resource = 0;
    m_isStale = true;
}

void GpuHead::clear()
{
    const Wish kept = wish;
    const Wish keptBefore = wishBefore;
    const bool isCursorDrawn = m_isCursorDrawn;
    *this = {};
    wish = kept;
    wishBefore = keptBefore;
    m_isCursorDrawn = isCursorDrawn;
}

std::span<std::uint32_t> GpuHead::line(int x, int y, int width)
{
    // Mapped at a page's start, and nobody else's: any object may be made in it.
    auto *pixels = reinterpret_cast<std::uint32_t *>(m_picture->bytes().data());
    return {pixels + std::size_t(y) * std::size_t(m_width) + std::size_t(x), std::size_t(width)};
}

void GpuHead::draw(const GpuResource *shown, const FrameRect &part)
{
    for (int y = part.y; y < part.y + part.height; ++y) {
        const std::span<std::uint32_t> to = line(part.x, y, part.width);
        if (shown)
            shown->copyLine(std::uint32_t(m_place.x + part.x), std::uint32_t(m_place.y + y), to);
        else
            std::fill(to.begin(), to.end(), 0xff000000u);
    }
    if (shown)
        blendCursor(commonPart(part, cursorPart()));
}

void GpuHead::drawAll(const GpuResource *shown)
{
    m_isStale = false;
    if (m_picture)
        draw(shown, {0, 0, m_width, m_height});
}

Frame GpuHead::frame() const
{
    if (!m_picture)
        return {};
    return {.pixels = m_picture->bytes().data(),
            .width = m_width,
            .height = m_height,
            .strideBytes = std::ptrdiff_t(m_width) * 4,
            .format = PixelFormat::Xrgb32,
            .keepAlive = m_picture,
            .memoryFile = m_picture->sharedDescriptor()};
}

void GpuHead::moveCursor(int x, int y)
{
    m_cursorX = std::clamp(x, -FarthestCursor, FarthestCursor);
    m_cursorY = std::clamp(y, -FarthestCursor, FarthestCursor);
}

FrameRect GpuHead::cursorPart() const
{
    if (!m_isCursorDrawn || !m_cursor.isVisible || m_cursor.pixels.empty())
        return {};
    return commonPart({0, 0, m_width, m_height},
                      {m_cursorX - m_cursor.hotSpotX, m_cursorY - m_cursor.hotSpotY, m_cursor.width,
                       m_cursor.height});
}

void GpuHead::blendCursor(const FrameRect &part)
{
    const int left = m_cursorX - m_cursor.hotSpotX;
    const int top = m_cursorY - m_cursor.hotSpotY;
    for (int y = part.y; y < part.y + part.height; ++y) {
        const std::span<std::uint32_t> to = line(part.x, y, part.width);
        const std::uint32_t *from = m_cursor.pixels.data()
            + std::size_t(y - top) * std::size_t(m_cursor.width) + std::size_t(part.x - left);
        for (std::size_t x = 0; x < to.size(); ++x)
            to[x] = over(from[x], to[x]);
    }
}

} // namespace engine::virtio
