// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/gpu_monitors.h"

#include <utility>

namespace engine {

GpuMonitors::GpuMonitors(Screen &vga, virtio::VirtioGpu &gpu)
    : m_gpu(gpu)
{
    for (unsigned head = 0; head < gpu.headCount(); ++head)
        m_screens.push_back(std::make_unique<GpuScreen>(gpu, head, head == 0 ? &vga : nullptr));
    m_gpu.setGpuWatcher(this);
}

GpuMonitors::~GpuMonitors()
{
    m_gpu.setGpuWatcher(nullptr);
}

MachineInput::MonitorPlace GpuMonitors::placeOf(unsigned head) const
{
    const GpuScreen &screen = *m_screens.at(head);
    if (!screen.takesSize()) { // the VGA's, or nothing
        const Screen::Size size = screen.size();
        return {.areaWidth = size.width, .areaHeight = size.height};
    }
    const virtio::VirtioGpu::Place place = m_gpu.placeOf(head);
    return {place.x, place.y, place.desktopWidth, place.desktopHeight};
}

void GpuMonitors::setCursorDrawn(bool isDrawn)
{
    // A loaded state may have it otherwise than it was told here, so the first word counts.
    if (std::exchange(m_isCursorDrawn, isDrawn) != isDrawn)
        m_gpu.setCursorDrawn(isDrawn);
}

bool GpuMonitors::isWatched(unsigned head) const
{
    return m_screens[head]->isWatched();
}

void GpuMonitors::pictureReplaced(unsigned head)
{
    m_screens[head]->pictureReplaced();
}

void GpuMonitors::pictureDamaged(unsigned head, FrameRect part)
{
    m_screens[head]->pictureDamaged(part);
}

void GpuMonitors::cursorChanged(unsigned head)
{
    m_screens[head]->guestCursorChanged();
}

} // namespace engine
