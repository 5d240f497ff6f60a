// SPDX-License-Identifier: GPL-3.0-or-later
// A VGA with the Bochs display interface, as QEMU's "VGA" device has it
// (docs/specs/standard-vga.rst), which firmware and every guest know: what is behind a graphics
// card's BAR 0, the video memory, and BAR 2, the registers: EDID at 0, VGA ports 3C0h to 3DFh at
// 400h, Bochs registers at 500h, byte order at 600h. VGA itself is at its old ports and at A0000h,
// always. The PCI function around it is vga.h, or a virtio GPU (virtio/virtio_gpu.h).
//
// The guest reaches BAR 0 without exits. The window at A0000h is the same memory where the guest's
// mode allows it (vga_memory.h), else every access arrives here, writes gathered.
//
// What is in the video memory is not in the saved state: it is saved as memory is.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/bus/bus.h"
#include "engine/bus/device.h"
#include "engine/bus/memory_mapper.h"
#include "engine/devices/vga_dispi.h"
#include "engine/devices/vga_edid.h"
#include "engine/devices/vga_memory.h"
#include "engine/devices/vga_picture.h"
#include "engine/devices/vga_registers.h"
#include "engine/devices/video_memory.h"

#include <array>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace engine {

// Who shows the picture.
class VgaWatcher
{
public:
    virtual ~VgaWatcher() = default;
    // Something may look different now; not called again before harvest(). Any thread, with the
    // card's lock held: takes a note and posts.
    virtual void pictureChanged() = 0;
    // The vCPUs stopped, so nothing will be drawn: what they drew last is to be shown.
    virtual void guestStopped() = 0;
};

class VgaCore
{
public:
    static constexpr unsigned MemoryBar = 0;
    static constexpr unsigned RegisterBar = 2;
    static constexpr std::uint64_t RegisterBytes = 4096;
    // Beside the BARs' numbers.
    enum Region : unsigned { LegacyPorts = 16, DispiPorts, Window };
    static constexpr std::size_t PageBytes = 4096;

    VgaCore(const VgaCore &) = delete;
    VgaCore &operator=(const VgaCore &) = delete;

    // The old ports and the window at A0000h, which no BAR moves.
    void mapLegacy(Bus &ports, Bus &memory);

    std::mutex &cardLock() const { return m_function.lock(); }
    const std::shared_ptr<VideoMemory> &memory() const { return m_memory; }
    MemoryMapper *mapper() const { return m_mapper; } // from the first reset on

    // The screen's side; cardLock() is held.
    void setWatcher(VgaWatcher *watcher) { m_watcher = watcher; }
    VgaPicture picture() const;
    // Remember which pages the guest writes. Off at first: it costs the guest a fault for each.
    void setDirtyLogged(bool isLogged);
    bool isDirtyLogged() const { return m_isDirtyLogged; }
    std::size_t pageCount() const { return m_memory->size() / PageBytes; }
    // Adds the pages written since the last time to a bitmap of pageCount() bits: all that were
    // written by way of this device, and those written directly while they were logged. Says
    // whether the shapes of characters may be others.
    bool harvest(std::span<std::uint64_t> pages);

protected:
    // `function` is what the guest sees, whose part this is. The memory's size is a power of two
    // from 1 MiB to 256 MiB.
    VgaCore(std::shared_ptr<VideoMemory> memory, GuestClock &clock, Device &function);
    ~VgaCore() = default;

    // The function's own calls, with its lock held.
    void resetVga(MemoryMapper *mapper, MappedMemory *barWindow); // null: there is none
    std::uint64_t readVga(unsigned region, std::uint64_t offset, unsigned size);
    void writeVga(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value);
    void serializeVga(StateArchive &archive);
    void vgaBarMapped(unsigned bar);
    void vgaRunningChanged(bool isRunning);

private:
    std::uint8_t readPort(std::uint64_t port);
    void writePort(std::uint64_t port, std::uint8_t value);
    std::uint16_t readDispiPort(std::uint64_t offset);
    void writeDispiPort(std::uint64_t offset, std::uint16_t value);
    void writeDispi(unsigned index, std::uint16_t value);
    std::uint8_t readRegisterByte(std::uint64_t offset);
    void writeRegisters(std::uint64_t offset, unsigned size, std::uint64_t value);
    std::uint64_t readWindow(std::uint64_t offset, unsigned size);
    void writeWindow(std::uint64_t offset, unsigned size, std::uint64_t value);

    void registersChanged();
    void showWindow(); // maps it if the mode allows it
    void touch(std::uint64_t offset, std::uint64_t size);
    void touchAll();
    void tell();

    Device &m_function;
    std::shared_ptr<VideoMemory> m_memory;
    MemoryMapper *m_mapper = nullptr;
    MappedMemory *m_barWindow = nullptr;
    GuestClock &m_clock;
    std::array<std::uint8_t, EdidBytes> m_edid;
    VgaRegisters m_registers;
    VgaDispi m_dispi;
    VgaMemory m_planes;
    std::uint16_t m_dispiIndex = 0;
    bool m_isBigEndian = false;

    VgaWindow m_window; // follows the registers
    std::unique_ptr<MappedMemory> m_alias; // null without a mapper
    bool m_isAliasMapped = false;
    std::vector<std::uint64_t> m_touched; // pages, by way of this device
    bool m_areFontsTouched = false;
    bool m_isDirtyLogged = false;
    VgaWatcher *m_watcher = nullptr;
    bool m_isTold = false;
};

} // namespace engine
