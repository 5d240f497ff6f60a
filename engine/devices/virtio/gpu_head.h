// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio GPU's monitor (VIRTIO 1.2's "scanout"): what size the host wants of it, which part of
// which resource is shown, and the picture of it that windows look at, in memory that another
// process can map. The driver's cursor is an image beside it, or drawn into it for who shows no
// pointer of his own.
//
// A picture that nobody looks at is not drawn until somebody asks for it. Called with the device's
// lock held.
#pragma once

#include "engine/devices/video_memory.h"
#include "engine/devices/virtio/gpu_resource.h"

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace engine::virtio {

class GpuHead final
{
public:
    // What fits into an EDID (devices/vga_edid.h).
    static constexpr std::uint32_t MaxWidth = 4088;
    static constexpr std::uint32_t MaxHeight = 4094;
    static constexpr std::uint64_t MaxPictureBytes = 64 << 20;

    struct Wish // of the host's; 0 by 0: the monitor is unplugged
    {
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        bool operator==(const Wish &) const = default;
    };
    static Wish nearest(std::uint32_t width, std::uint32_t height);

    Wish wish;
    Wish wishBefore; // it was unplugged

    // The driver's scanout: 0 is none, the screen is dark then, at the size it had.
    std::uint32_t resource() const { return m_resource; }
    const FrameRect &place() const { return m_place; } // within the resource
    // False: there is no memory for such a picture. `isReplaced`: it has another size.
    bool show(std::uint32_t resource, const FrameRect &place, bool &isReplaced);
    void darken();
    void clear(); // as without a driver

    // The picture is another one than what was drawn: all of it is drawn when it is asked for.
    void makeStale() { m_isStale = true; }
    bool isStale() const { return m_isStale; }
    // Another part of another resource is shown, which was not told yet.
    bool takeNews() { return std::exchange(m_isNew, false); }
    // Of the resource that is shown; null: dark. `part` is the picture's, and within it.
    void draw(const GpuResource *shown, const FrameRect &part);
    void drawAll(const GpuResource *shown);
    bool hasPicture() const { return m_picture != nullptr; }
    int width() const { return m_width; }
    int height() const { return m_height; }
    Frame frame() const;

    // The cursor.
    const CursorImage &cursor() const { return m_cursor; }
    void setCursor(CursorImage image) { m_cursor = std::move(image); }
    int cursorX() const { return m_cursorX; }
    int cursorY() const { return m_cursorY; }
    static constexpr int FarthestCursor = 0x8000; // pixels, either way
    void moveCursor(int x, int y); // of the hot spot
    void setCursorDrawn(bool isDrawn) { m_isCursorDrawn = isDrawn; }
    bool isCursorDrawn() const { return m_isCursorDrawn; }
    // The picture's part below it; empty where there is none, or it is not drawn.
    FrameRect cursorPart() const;

private:
    void blendCursor(const FrameRect &part);
    std::span<std::uint32_t> line(int x, int y, int width);

    std::uint32_t m_resource = 0;
    FrameRect m_place;
    int m_width = 0;
    int m_height = 0;
    std::shared_ptr<VideoMemory> m_picture;
    bool m_isStale = false;
    bool m_isNew = false;
    CursorImage m_cursor{.isVisible = false};
    int m_cursorX = 0; // of its hot spot
    int m_cursorY = 0;
    bool m_isCursorDrawn = false;
};

// What both have; of no size where they have nothing in common.
FrameRect commonPart(const FrameRect &a, const FrameRect &b);

} // namespace engine::virtio
