// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's screen, as a view sees it. Seam between an engine (or SPICE, or a mapped descriptor)
// and whatever shows a picture: the Qt widget, an SDL window, a screenshot, a test.
//
// A view pulls: the source tells its listener that something changed, the view asks for the newest
// frame when it wants to paint. No virtual machine thread ever waits for a window.
//
// Threads: frame() and cursor() are called on the view's thread. A listener may be called on any
// thread of the source; it must only take a note and post to its own thread. The SPICE source
// happens to call it on the main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace engine {

enum class PixelFormat : std::uint8_t {
    None,
    Xrgb32, // 0xffRRGGBB in native byte order, the high byte is to be ignored
    Rgb16_565,
    Rgb16_555,
};

struct FrameRect
{
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

// The newest picture. The pixels stay mapped while `keepAlive` is held; without one they are only
// lent: valid until the view's thread is back in its event loop. The source may go on drawing into
// them, so a torn read is possible and is mended by the damage that follows it.
struct Frame
{
    const std::uint8_t *pixels = nullptr;
    int width = 0; // guest pixels
    int height = 0;
    std::ptrdiff_t strideBytes = 0;
    PixelFormat format = PixelFormat::None;
    std::shared_ptr<void> keepAlive;
    // Where another process finds the pixels: a memory file (memfd_create(2)) that neither shrinks
    // nor can be written by who gets it. Open while `keepAlive` is held; -1: only this process.
    int memoryFile = -1;
    std::size_t memoryOffset = 0;

    bool isEmpty() const { return pixels == nullptr || width <= 0 || height <= 0; }
};

// Premultiplied ARGB32 in native byte order, `width * height` values.
struct CursorImage
{
    int width = 0;
    int height = 0;
    int hotSpotX = 0;
    int hotSpotY = 0;
    std::vector<std::uint32_t> pixels;
    bool isVisible = true;
};

class FrameListener
{
public:
    virtual ~FrameListener() = default;
    virtual void frameDamaged(FrameRect damage) = 0; // guest pixels
    virtual void frameResized() = 0;                 // size, format or memory changed: ask again
    virtual void cursorChanged() = 0;
};

class FrameSource
{
public:
    virtual ~FrameSource() = default;
    virtual Frame frame() const = 0;
    virtual CursorImage cursor() const = 0;
    // One listener at a time; nullptr removes it. After the call returns the old one is not called.
    virtual void setListener(FrameListener *listener) = 0;
    // What a listener is told in a row is one whole picture: nobody has to wait whether more comes.
    virtual bool tellsWholePictures() const { return false; }
    // A hidden window costs nothing: while paused the source need not report damage.
    virtual void setVisible(bool visible) = 0;

    // The guest's driver takes the monitor's size from its card, so that a guest without an agent
    // follows a window. The watcher is called on any thread when that changes; empty: nobody.
    virtual bool takesSize() const { return false; }
    virtual void setSizeWatcher(std::function<void()>) { }
    // Guest pixels; nothing comes of it unless takesSize(). The guest does it when it can, or the
    // nearest. On the view's thread.
    virtual void wantSize(int, int) { }

    // One of several monitors: whether the guest sees it plugged in. What is unplugged takes no
    // size, and keeps the one it had. On the view's thread.
    virtual bool isPluggedIn() const { return true; }
    virtual void setPluggedIn(bool) { }
};

} // namespace engine
