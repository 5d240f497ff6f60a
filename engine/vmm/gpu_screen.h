// SPDX-License-Identifier: GPL-3.0-or-later
// The first monitor of a virtio GPU as a FrameSource: the VGA's picture until the guest's driver
// shows its own, and again when the driver is gone. The driver's flushed parts are the damage, told
// at once; its cursor is the view's, or in the picture where the pointer is a mouse.
//
// Threads: as screen.h; listeners are called on the io thread (VGA) and the card's. Locks, in this
// order: the card's, then the listener's.
#pragma once

#include "engine/devices/virtio/virtio_gpu.h"
#include "engine/vmm/screen.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

namespace engine {

class GpuScreen final : public FrameSource, private virtio::GpuWatcher, private FrameListener
{
public:
    // Both live longer.
    GpuScreen(Screen &vga, virtio::VirtioGpu &gpu);
    ~GpuScreen() override; // any thread; nobody calls frame() then

    Frame frame() const override;
    CursorImage cursor() const override;
    void setListener(FrameListener *listener) override;
    bool tellsWholePictures() const override { return true; }
    void setVisible(bool visible) override;
    bool takesSize() const override { return m_isGpuShown; }
    void setSizeWatcher(std::function<void()> watcher) override;
    void wantSize(int width, int height) override;

    Screen::Size size() const; // as Screen's
    // The pointer moves where the guest says, so its cursor has to be in the picture. On the view's
    // thread.
    void setCursorDrawn(bool isDrawn);

private:
    bool isWatched(unsigned head) const override;
    void pictureReplaced(unsigned head) override;
    void pictureDamaged(unsigned head, FrameRect part) override;
    void cursorChanged(unsigned head) override;
    // The VGA's.
    void frameDamaged(FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override { }

    Screen &m_vga;
    virtio::VirtioGpu &m_gpu;
    std::atomic<bool> m_isGpuShown = false;
    std::atomic<bool> m_isVisible = true;
    std::atomic<bool> m_hasListener = false;
    std::optional<bool> m_isCursorDrawn; // the view's thread's; what the card was told

    mutable std::mutex m_mutex; // for what follows; held while they are called
    FrameListener *m_listener = nullptr;
    std::function<void()> m_sizeWatcher;
    Screen::Size m_gpuSize;
};

} // namespace engine
