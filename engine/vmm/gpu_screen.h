// SPDX-License-Identifier: GPL-3.0-or-later
// One monitor of a virtio GPU as a FrameSource: what the guest's driver shows on it, and on the
// first one the VGA's picture until there is such a driver, and again when it is gone. The driver's
// flushed parts are the damage, told at once; its cursor is the view's, or in the picture where the
// pointer is a mouse.
//
// Threads: as screen.h; listeners are called on the io thread (VGA) and the card's. Locks, in this
// order: the card's, then the listener's.
#pragma once

#include "engine/devices/virtio/virtio_gpu.h"
#include "engine/vmm/screen.h"

#include <atomic>
#include <functional>
#include <mutex>

namespace engine {

class GpuScreen final : public FrameSource, private FrameListener
{
public:
    // All live longer. `vga`: what is seen before the driver's first picture; null: nothing.
    GpuScreen(virtio::VirtioGpu &gpu, unsigned head, Screen *vga);
    ~GpuScreen() override; // any thread; nobody calls frame() then

    Frame frame() const override;
    CursorImage cursor() const override;
    void setListener(FrameListener *listener) override;
    bool tellsWholePictures() const override { return true; }
    void setVisible(bool visible) override;
    bool takesSize() const override { return m_isGpuShown; }
    void setSizeWatcher(std::function<void()> watcher) override;
    void wantSize(int width, int height) override;
    bool isPluggedIn() const override { return m_gpu.isPluggedIn(m_head); }
    void setPluggedIn(bool isPluggedIn) override { m_gpu.setPluggedIn(m_head, isPluggedIn); }

    Screen::Size size() const; // as Screen's

    // The card's word (virtio::GpuWatcher), with its lock held.
    bool isWatched() const { return m_isVisible && m_hasListener; }
    void pictureReplaced();
    void pictureDamaged(FrameRect part);
    void guestCursorChanged();

private:
    // The VGA's.
    void frameDamaged(FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override { }

    virtio::VirtioGpu &m_gpu;
    const unsigned m_head;
    Screen *const m_vga;
    std::atomic<bool> m_isGpuShown = false;
    std::atomic<bool> m_isVisible = true;
    std::atomic<bool> m_hasListener = false;

    mutable std::mutex m_mutex; // for what follows; held while they are called
    FrameListener *m_listener = nullptr;
    std::function<void()> m_sizeWatcher;
    Screen::Size m_gpuSize;
};

} // namespace engine
