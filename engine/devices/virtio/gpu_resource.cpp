// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/gpu_resource.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace engine::virtio {

std::optional<GpuFormat> GpuFormat::of(std::uint32_t word)
{
    switch (word) { // enum virtio_gpu_formats; the letters name bytes in memory's order
    case 1: // B8G8R8A8
        return GpuFormat{.red = 2, .green = 1, .blue = 0, .alpha = 3, .hasAlpha = true};
    case 2: // B8G8R8X8
        return GpuFormat{.red = 2, .green = 1, .blue = 0, .alpha = 3, .hasAlpha = false};
    case 3: // A8R8G8B8
        return GpuFormat{.red = 1, .green = 2, .blue = 3, .alpha = 0, .hasAlpha = true};
    case 4: // X8R8G8B8
        return GpuFormat{.red = 1, .green = 2, .blue = 3, .alpha = 0, .hasAlpha = false};
    case 67: // R8G8B8A8
        return GpuFormat{.red = 0, .green = 1, .blue = 2, .alpha = 3, .hasAlpha = true};
    case 68: // X8B8G8R8
        return GpuFormat{.red = 3, .green = 2, .blue = 1, .alpha = 0, .hasAlpha = false};
    case 121: // A8B8G8R8
        return GpuFormat{.red = 3, .green = 2, .blue = 1, .alpha = 0, .hasAlpha = true};
    case 134: // R8G8B8X8
        return GpuFormat{.red = 0, .green = 1, .blue = 2, .alpha = 3, .hasAlpha = false};
    default:
        return std::nullopt;
    }
}

bool GpuBacking::attach(const GuestMemory &memory, std::vector<Entry> entries)
{
    std::vector<Piece> pieces;
    std::vector<std::span<std::uint8_t>> spans;
    std::uint64_t size = 0;
    for (const Entry &entry : entries) {
        spans.clear();
        if (!memory.spans(entry.address, entry.length, spans))
            return false;
        for (const std::span<std::uint8_t> host : spans) {
            pieces.push_back({size, host});
            size += host.size();
        }
    }
    m_entries = std::move(entries);
    m_pieces = std::move(pieces);
    m_size = size;
    return true;
}

void GpuBacking::detach()
{
    m_entries.clear();
    m_entries.shrink_to_fit();
    m_pieces.clear();
    m_pieces.shrink_to_fit();
    m_size = 0;
}

void GpuBacking::read(std::uint64_t offset, std::span<std::uint8_t> into) const
{
    auto piece = std::upper_bound(m_pieces.begin(), m_pieces.end(), offset,
                                  [](std::uint64_t at, const Piece &p) { return at < p.offset; });
    if (piece == m_pieces.begin())
        return;
    for (--piece; !into.empty() && piece != m_pieces.end(); ++piece) {
        const auto at = std::size_t(offset - piece->offset);
        const std::size_t size = std::min(into.size(), piece->host.size() - at);
        std::memcpy(into.data(), piece->host.data() + at, size);
        into = into.subspan(size);
        offset += size;
    }
}

std::optional<GpuResource> GpuResource::make(std::uint32_t formatWord, GpuFormat format,
                                             std::uint32_t width, std::uint32_t height)
{
    Result<PageBuffer> pixels = PageBuffer::allocate(std::size_t(bytesOf(width, height)));
    if (!pixels)
        return std::nullopt;
    GpuResource resource;
    resource.m_formatWord = formatWord;
    resource.m_format = format;
    resource.m_width = width;
    resource.m_height = height;
    resource.m_pixels = *std::move(pixels);
    return resource;
}

bool GpuResource::contains(const FrameRect &rect) const
{
    return rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0
        && std::uint64_t(rect.x) + std::uint64_t(rect.width) <= m_width
        && std::uint64_t(rect.y) + std::uint64_t(rect.height) <= m_height;
}

bool GpuResource::transfer(const FrameRect &rect, std::uint64_t offset)
{
    const std::uint64_t pitch = std::uint64_t(m_width) * 4;
    const std::uint64_t line = std::uint64_t(rect.width) * 4;
    const std::uint64_t needed = pitch * std::uint64_t(rect.height - 1) + line;
    if (needed > m_backing.size() || offset > m_backing.size() - needed)
        return false;
    const std::span<std::uint8_t> all = pixels();
    const std::size_t first = std::size_t(pitch) * std::size_t(rect.y) + 4 * std::size_t(rect.x);
    if (line == pitch) {
        m_backing.read(offset, all.subspan(first, std::size_t(needed)));
        return true;
    }
    for (std::size_t y = 0; y < std::size_t(rect.height); ++y)
        m_backing.read(offset + pitch * y,
                       all.subspan(first + std::size_t(pitch) * y, std::size_t(line)));
    return true;
}

void GpuResource::copyLine(std::uint32_t x, std::uint32_t y, std::span<std::uint32_t> to) const
{
    const std::uint8_t *from =
        pixels().data() + (std::size_t(y) * m_width + std::size_t(x)) * sizeof(std::uint32_t);
    constexpr std::uint32_t Opaque = 0xff000000u;
    if (m_format.isNative()) {
        std::memcpy(to.data(), from, to.size_bytes());
        if (!m_format.hasAlpha)
            for (std::uint32_t &pixel : to)
                pixel |= Opaque;
        return;
    }
    for (std::uint32_t &pixel : to) {
        pixel = std::uint32_t(from[m_format.red]) << 16 | std::uint32_t(from[m_format.green]) << 8
            | from[m_format.blue]
            | (m_format.hasAlpha ? std::uint32_t(from[m_format.alpha]) << 24 : Opaque);
        from += 4;
    }
}

} // namespace engine::virtio
