// SPDX-License-Identifier: GPL-3.0-or-later
// A picture that a driver keeps in a virtio GPU (VIRTIO 1.2, 5.7.6.8), and the pages of the guest's
// that it is filled from. Called with the device's lock held.
#pragma once

#include "engine/base/page_buffer.h"
#include "engine/bus/guest_memory.h"
#include "engine/host/frame_source.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine::virtio {

// The formats of 5.7.6.8 by the places of their bytes; the X ones are opaque.
struct GpuFormat
{
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    std::uint8_t alpha = 0;
    bool hasAlpha = false;

    static std::optional<GpuFormat> of(std::uint32_t word);
    bool isNative() const { return blue == 0 && green == 1 && red == 2; } // ours: 0xAARRGGBB
};

// Scattered memory of the guest's as one stretch of bytes.
class GpuBacking final
{
public:
    struct Entry
    {
        std::uint64_t address = 0; // guest physical
        std::uint32_t length = 0;
    };

    // False, and nothing attached: a part is no RAM.
    bool attach(const GuestMemory &memory, std::vector<Entry> entries);
    void detach();
    const std::vector<Entry> &entries() const { return m_entries; }
    std::uint64_t size() const { return m_size; }
    // The caller has checked that they are there.
    void read(std::uint64_t offset, std::span<std::uint8_t> into) const;

private:
    struct Piece
    {
        std::uint64_t offset = 0;
        std::span<std::uint8_t> host;
    };

    std::vector<Entry> m_entries;
    std::vector<Piece> m_pieces; // in order
    std::uint64_t m_size = 0;
};

class GpuResource final
{
public:
    static constexpr std::uint32_t MaxSide = 16384; // pixels

    // The host has no memory: none. The sides are 1 to MaxSide.
    static std::optional<GpuResource> make(std::uint32_t formatWord, GpuFormat format,
                                           std::uint32_t width, std::uint32_t height);
    static std::uint64_t bytesOf(std::uint32_t width, std::uint32_t height)
    {
        return std::uint64_t(width) * height * 4;
    }

    std::uint32_t formatWord() const { return m_formatWord; }
    std::uint32_t width() const { return m_width; }
    std::uint32_t height() const { return m_height; }
    std::span<std::uint8_t> pixels() const
    {
        return m_pixels.bytes().first(std::size_t(bytesOf(m_width, m_height)));
    }
    GpuBacking &backing() { return m_backing; }

    // Of the whole picture; an empty one does not lie in it.
    bool contains(const FrameRect &rect) const;
    // From the backing's `offset` on, where the rectangle's first pixel is, in lines as long as the
    // picture's. False: it is not all there.
    bool transfer(const FrameRect &rect, std::uint64_t offset);
    // A line's part as 0xAARRGGBB; alpha is all ones where the format has none.
    void copyLine(std::uint32_t x, std::uint32_t y, std::span<std::uint32_t> to) const;

private:
    GpuResource() = default;

    std::uint32_t m_formatWord = 0;
    GpuFormat m_format;
    std::uint32_t m_width = 0;
    std::uint32_t m_height = 0;
    PageBuffer m_pixels;
    GpuBacking m_backing;
};

} // namespace engine::virtio
