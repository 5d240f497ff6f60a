// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/gpu_screen.h"

#include <algorithm>
#include <utility>

namespace engine {

GpuScreen::GpuScreen(Screen &vga, virtio::VirtioGpu &gpu)
    : m_vga(vga)
    , m_gpu(gpu)
{
    m_gpu.setGpuWatcher(this);
}

GpuScreen::~GpuScreen()
{
    m_gpu.setGpuWatcher(nullptr);
    m_vga.setListener(nullptr);
}

Frame GpuScreen::frame() const
{
    return m_isGpuShown ? m_gpu.frame(0) : m_vga.frame();
}

CursorImage GpuScreen::cursor() const
{
    return m_isGpuShown ? m_gpu.cursor(0) : m_vga.cursor();
}

Screen::Size GpuScreen::size() const
{
    if (!m_isGpuShown)
        return m_vga.size();
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
    m_vga.setListener(listener ? this : nullptr);
}

void GpuScreen::setVisible(bool visible)
{
    if (m_isVisible.exchange(visible) == visible)
        return;
    m_vga.setVisible(visible && !m_isGpuShown);
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
    if (m_isGpuShown && width > 0 && height > 0)
        m_gpu.wantSize(0, std::uint32_t(width), std::uint32_t(height));
}

void GpuScreen::setCursorDrawn(bool isDrawn)
{
    // A loaded state may have it otherwise than it was told here, so the first word counts.
    if (std::exchange(m_isCursorDrawn, isDrawn) != isDrawn)
        m_gpu.setCursorDrawn(isDrawn);
}

// The card's

bool GpuScreen::isWatched(unsigned head) const
{
    return head == 0 && m_isVisible && m_hasListener;
}

void GpuScreen::pictureReplaced(unsigned head)
{
    if (head != 0)
        return;
    const bool isShown = m_gpu.isTaken();
    const bool isOther = m_isGpuShown.exchange(isShown) != isShown;
    // The VGA is not looked at meanwhile: what it looks at costs the guest.
    if (isOther)
        m_vga.setVisible(m_isVisible && !isShown);
    const std::lock_guard lock(m_mutex);
    m_gpuSize = {m_gpu.head(0).width(), m_gpu.head(0).height()};
    if (m_listener && (isShown || isOther))
        m_listener->frameResized();
    if (isOther && m_sizeWatcher)
        m_sizeWatcher();
}

void GpuScreen::pictureDamaged(unsigned head, FrameRect part)
{
    const std::lock_guard lock(m_mutex);
    if (head == 0 && m_isGpuShown && m_listener)
        m_listener->frameDamaged(part);
}

void GpuScreen::cursorChanged(unsigned head)
{
    const std::lock_guard lock(m_mutex);
    if (head == 0 && m_listener)
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
