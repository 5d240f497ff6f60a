// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board_graphics.h"

#include "engine/devices/vga.h"
#include "engine/devices/virtio/virtio_gpu.h"

#include <functional>
#include <utility>

namespace engine {

Result<std::unique_ptr<BoardGraphics>> BoardGraphics::create(const VmConfig &config,
                                                             GuestClock &clock, PollLoop &io)
{
    const auto post = [&io](std::function<void()> function) { io.post(std::move(function)); };
    std::unique_ptr<BoardGraphics> graphics(new BoardGraphics);
    graphics->m_memory = TRY(VideoMemory::create(std::size_t(config.videoMemoryBytes)));
    if (config.graphics == VmGraphics::Vga) {
        auto card = std::make_unique<Vga>(graphics->m_memory, clock);
        graphics->m_vga = card.get();
        graphics->m_card = std::move(card);
        graphics->m_vgaScreen = std::make_unique<Screen>(*graphics->m_vga, clock, post);
        return graphics;
    }
    if (config.monitors < 1 || config.monitors > virtio::VirtioGpu::MaxHeads)
        return Error(ErrorKind::Invalid,
                     "The graphics card has 1 to " + std::to_string(virtio::VirtioGpu::MaxHeads)
                         + " monitors, not " + std::to_string(config.monitors));
    // Of its own: a screen that is copied holds up neither disks nor timers.
    graphics->m_loop = TRY(PollLoop::start("gpu"));
    auto card = std::make_unique<virtio::VirtioGpu>(
        "virtio-gpu", config.monitors, graphics->m_memory, clock, graphics->m_loop.get());
    graphics->m_vga = card.get();
    graphics->m_vgaScreen = std::make_unique<Screen>(*graphics->m_vga, clock, post);
    graphics->m_monitors = std::make_unique<GpuMonitors>(*graphics->m_vgaScreen, *card);
    graphics->m_card = std::move(card);
    return graphics;
}

void BoardGraphics::closeScreen()
{
    m_monitors.reset();
    m_vgaScreen.reset();
}

unsigned BoardGraphics::screenCount() const
{
    return m_monitors ? m_monitors->count() : 1;
}

FrameSource &BoardGraphics::screen(unsigned number)
{
    if (m_monitors)
        return m_monitors->screen(number);
    return *m_vgaScreen;
}

MachineInput::MonitorPlace BoardGraphics::placeOf(unsigned monitor) const
{
    if (m_monitors && m_monitors->count() > 1)
        return m_monitors->placeOf(monitor);
    const Screen::Size size = m_monitors ? m_monitors->screen(0).size() : m_vgaScreen->size();
    return {.areaWidth = size.width, .areaHeight = size.height};
}

void BoardGraphics::inputSent(bool isPointerAbsolute)
{
    m_vgaScreen->expectChange();
    if (m_monitors)
        m_monitors->setCursorDrawn(!isPointerAbsolute);
}

} // namespace engine
