// SPDX-License-Identifier: GPL-3.0-or-later
// The graphics card on the board: the standard VGA, or a virtio GPU with its thread, and the
// screens that show it.
//
//   saved state  "vga", or "virtio-gpu" with the VGA in it
//
// Made on the control thread; screen() and the pointer's side on the view's.
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/vmm/gpu_monitors.h"
#include "engine/vmm/machine_input.h"
#include "engine/vmm/screen.h"
#include "engine/vmm/vm_config.h"

#include <memory>

namespace engine {

class BoardGraphics final
{
public:
    // `io` is where the VGA's picture is looked at; it and the clock live longer.
    static Result<std::unique_ptr<BoardGraphics>> create(const VmConfig &config, GuestClock &clock,
                                                         PollLoop &io);
    // The board's, once. It goes after closeScreen() and before this object.
    std::unique_ptr<PciFunction> takeCard() { return std::move(m_card); }
    void mapLegacy(Bus &ports, Bus &memory) { m_vga->mapLegacy(ports, memory); }
    void closeScreen();

    std::span<std::uint8_t> videoMemory() { return m_memory->bytes(); }
    unsigned screenCount() const;
    FrameSource &screen(unsigned number);
    MachineInput::MonitorPlace placeOf(unsigned monitor) const;
    // Something was sent; the picture may change. `isPointerAbsolute`: the view's pointer is where
    // the guest's is.
    void inputSent(bool isPointerAbsolute);

private:
    BoardGraphics() = default;

    std::shared_ptr<VideoMemory> m_memory;
    std::unique_ptr<PollLoop> m_loop; // the virtio GPU's
    std::unique_ptr<PciFunction> m_card;
    VgaCore *m_vga = nullptr; // the card's
    std::unique_ptr<Screen> m_vgaScreen;
    std::unique_ptr<GpuMonitors> m_monitors; // with a virtio GPU
};

} // namespace engine
