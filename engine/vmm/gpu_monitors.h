// SPDX-License-Identifier: GPL-3.0-or-later
// The monitors of a virtio GPU, each a GpuScreen; the first one shows the VGA's picture as well.
//
// Threads and locks: as gpu_screen.h; the public functions on the view's thread.
#pragma once

#include "engine/vmm/gpu_screen.h"
#include "engine/vmm/machine_input.h"

#include <memory>
#include <optional>
#include <vector>

namespace engine {

class GpuMonitors final : private virtio::GpuWatcher
{
public:
    // Both live longer.
    GpuMonitors(Screen &vga, virtio::VirtioGpu &gpu);
    ~GpuMonitors() override; // any thread; nobody calls a screen's frame() then

    unsigned count() const { return unsigned(m_screens.size()); }
    GpuScreen &screen(unsigned head) { return *m_screens.at(head); }
    MachineInput::MonitorPlace placeOf(unsigned head) const;
    // The pointer moves where the guest says, so its cursor has to be in the pictures.
    void setCursorDrawn(bool isDrawn);

private:
    bool isWatched(unsigned head) const override;
    void pictureReplaced(unsigned head) override;
    void pictureDamaged(unsigned head, FrameRect part) override;
    void cursorChanged(unsigned head) override;

    virtio::VirtioGpu &m_gpu;
    std::vector<std::unique_ptr<GpuScreen>> m_screens;
    std::optional<bool> m_isCursorDrawn; // what the card was told
};

} // namespace engine
