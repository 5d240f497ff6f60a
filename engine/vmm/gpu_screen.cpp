// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/gpu_screen.h"

#include <utility>

namespace engine {

GpuScreen::GpuScreen(virtio::VirtioGpu &gpu, unsigned head, Screen *vga)
    : m_gpu(gpu)
    , m_head(head)
    , m_vga(vga)
{ }

GpuScreen::~GpuScreen()
{
    if (m_vga)
        m_vga->setListener(nullptr);
}

Frame GpuScreen::frame() const
{
    if (m_isGpuShown)
        return m_gpu.frame(m_head);
    return m_vga ? m_vga->frame() : Frame();
}

CursorImage GpuScreen::cursor() const
{
    if (m_isGpuShown)
        return m_gpu.cursor(m_head);
    return m_vga ? m_vga->cursor() : CursorImage{.isVisible = false};
}

Screen::Size GpuScreen::size() const
{
    if (!m_isGpuShown)
        return m_vga ? m_vga->size() : Screen::Size();
    const std::lock_guard lock(m_mutex);
    return m_gpuSize;
}

void GpuScreen::setListener(FrameListener *listener)
{
    {
        const std::lock_guard lock(m_mutex);
        m_listener = listener;
        m_hasListener = listener != nullptr;
        // What was flushed while nobody listened.
        if (listener && m_isGpuShown) {
            listener->frameResized();
            listener->cursorChanged();
        }
    }
    if (m_vga)
        m_vga->setListener(listener ? this : nullptr);
}

void GpuScreen::setVisible(bool visible)
{
    if (m_isVisible.exchange(visible) == visible)
        return;
    if (m_vga)
        m_vga->setVisible(visible && !m_isGpuShown);
    const std::lock_guard lock(m_mutex);
    if (visible && m_isGpuShown && m_listener)
        m_listener->frameResized();
}

void GpuScreen::setSizeWatcher(std::function<void()> watcher)
{
    const std::lock_guard lock(m_mutex);
    m_sizeWatcher = std::move(watcher);
}

void GpuScreen::wantSize(int width, int height)
{
    // A window that is about to go may still ask for a size, which would plug its monitor in again.
    if (m_isGpuShown && width > 0 && height > 0 && isPluggedIn())
        m_gpu.wantSize(m_head, std::uint32_t(width), std::uint32_t(height));
}

// The card's

void GpuScreen::pictureReplaced()
{
    const bool isShown = m_gpu.isTaken();
    const bool isOther = m_isGpuShown.exchange(isShown) != isShown;
    // The VGA is not looked at meanwhile: what it looks at costs the guest.
    if (isOther && m_vga)
        m_vga->setVisible(m_isVisible && !isShown);
    const std::lock_guard lock(m_mutex);
    m_gpuSize = {m_gpu.head(m_head).width(), m_gpu.head(m_head).height()};
    if (m_listener && (isShown || isOther))
        m_listener->frameResized();
    if (isOther && m_sizeWatcher)
        m_sizeWatcher();
}

void GpuScreen::pictureDamaged(FrameRect part)
{
    const std::lock_guard lock(m_mutex);
    if (m_isGpuShown && m_listener)
        m_listener->frameDamaged(part);
}

void GpuScreen::guestCursorChanged()
{
    const std::lock_guard lock(m_mutex);
    if (m_listener)
        m_listener->cursorChanged();
}

// The VGA's

void GpuScreen::frameDamaged(FrameRect damage)
{
    const std::lock_guard lock(m_mutex);
    if (!m_isGpuShown && m_listener)
        m_listener->frameDamaged(damage);
}

void GpuScreen::frameResized()
{
    const std::lock_guard lock(m_mutex);
    if (!m_isGpuShown && m_listener)
        m_listener->frameResized();
}

} // namespace engine
