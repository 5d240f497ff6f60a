// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio GPU (VIRTIO 1.2, 5.7) for 2D, and the VGA that a machine boots with, in one PCI function
// as QEMU's virtio-vga is: 1af4:1050 of the class "VGA". BAR 0 and 2 and the old ports are
// vga_core.h's, so that firmware, boot loaders and systems without a driver show their pictures as
// with the standard card; BAR 4 is the virtio device's. From the driver's first scanout on the
// monitors show what it flushes, until the device is reset.
//
// Pictures of the driver's are copies: the guest's pages go into a resource (TRANSFER_TO_HOST_2D),
// a flushed part of that into the picture that windows look at. Resources are bounded by number and
// bytes; beyond that the driver is told that there is no memory.
//
// Threads: as VirtioPci, on a loop of its own, as a command may copy a whole screen; the public
// functions on any, without the lock, but where said otherwise.
#pragma once

#include "engine/devices/vga_core.h"
#include "engine/devices/virtio/gpu_head.h"
#include "engine/devices/virtio/gpu_resource.h"
#include "engine/devices/virtio/virtio_gpu_protocol.h"
#include "engine/devices/virtio/virtio_pci.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace engine::virtio {

// Who shows the monitors. Called with the card's lock held, on any thread: takes a note and posts.
class GpuWatcher
{
public:
    virtual ~GpuWatcher() = default;
    // Nobody looks at it: it is not drawn.
    virtual bool isWatched(unsigned head) const = 0;
    // The driver begins or ends to show something, or another size.
    virtual void pictureReplaced(unsigned head) = 0;
    virtual void pictureDamaged(unsigned head, FrameRect part) = 0;
    virtual void cursorChanged(unsigned head) = 0;
};

class VirtioGpu final : public VirtioPci, public VgaCore
{
public:
    static constexpr unsigned TransportBar = 4;
    static constexpr unsigned MaxHeads = 4;
    static constexpr std::uint16_t ControlQueueSize = 256;
    static constexpr std::uint16_t CursorQueueSize = 16;
    static constexpr std::size_t MaxResources = 1024;
    static constexpr std::uint64_t MaxResourceBytes = 256 << 20; // of all
    static constexpr std::uint32_t MaxBackingEntries = 16384; // of one, as QEMU's
    static constexpr std::size_t MaxAllBackingEntries = 8 * MaxBackingEntries;

    // 1 to MaxHeads monitors, all plugged in. The video memory is the VGA's.
    VirtioGpu(std::string name, unsigned heads, std::shared_ptr<VideoMemory> videoMemory,
              GuestClock &clock, PollLoop *loop);
    ~VirtioGpu() override;

    void setGpuWatcher(GpuWatcher *watcher);
    unsigned headCount() const { return unsigned(m_heads.size()); }

    // What the monitor's best size is from now on; 0 by 0: it is unplugged. The nearest that an
    // EDID can say; the driver is told.
    void wantSize(unsigned head, std::uint32_t width, std::uint32_t height);
    bool isPluggedIn(unsigned head) const;
    // Plugged in again it has the size of before.
    void setPluggedIn(unsigned head, bool isPluggedIn);
    // Where the guest's desktop shows what is on a monitor, and how large the desktop is; zeros: on
    // this monitor it shows nothing. Where all of them show parts of one picture, as with X, that
    // picture is the desktop; else they stand side by side, as the driver was told.
    struct Place
    {
        int x = 0;
        int y = 0;
        int desktopWidth = 0;
        int desktopHeight = 0;
    };
    Place placeOf(unsigned head) const;
    // Into the picture, for who shows no pointer of his own.
    void setCursorDrawn(bool isDrawn);

    // The driver shows its pictures; before that the VGA's is the first monitor's. lock() is held.
    bool isTaken() const { return m_isTaken; }
    const GpuHead &head(unsigned number) const { return m_heads.at(number); }
    // Draws what is stale. Empty while there is none.
    Frame frame(unsigned head);
    CursorImage cursor(unsigned head) const; // invisible where it is drawn

    struct Facts
    {
        std::size_t resources = 0;
        std::uint64_t resourceBytes = 0;
        std::size_t backingEntries = 0;
    };
    Facts facts() const;

private:
    enum Queue : unsigned { Control, Cursor };
    using Request = std::array<std::uint8_t, gpu::TransferBytes>; // the longest; zeros behind it
    using Reply = std::vector<std::uint8_t>;

    bool processQueue(unsigned index) override;
    void resetVirtio() override;
    void runningChanged(bool isRunning) override;
    void writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serializeVirtio(StateArchive &archive, std::uint32_t version) override;
    void resetCard() override;
    std::uint64_t readOther(unsigned region, std::uint64_t offset, unsigned size) override;
    void writeOther(unsigned region, std::uint64_t offset, unsigned size,
                    std::uint64_t value) override;
    void otherBarMapped(unsigned bar) override;

    // virtio_gpu_commands.cpp
    Reply answer(const Chain &chain);
    gpu::Answer execute(gpu::Command command, const Request &request, const Chain &chain,
                        Reply &reply);
    void describeDisplays(Reply &reply) const;
    gpu::Answer describeMonitor(const Request &request, Reply &reply) const;
    gpu::Answer createResource(const Request &request);
    gpu::Answer removeResource(const Request &request);
    gpu::Answer attachBacking(const Request &request, const Chain &chain);
    gpu::Answer detachBacking(const Request &request);
    gpu::Answer setScanout(const Request &request);
    gpu::Answer transfer(const Request &request);
    gpu::Answer flush(const Request &request);
    Reply handleCursor(const Chain &chain);

    GpuResource *resource(std::uint32_t id);
    const GpuResource *shownBy(const GpuHead &head);
    bool isWatched(unsigned head) const { return m_watcher && m_watcher->isWatched(head); }
    void wish(unsigned head, const GpuHead::Wish &wish);
    void redraw(unsigned head, const FrameRect &part); // of the picture
    void darken(unsigned head);
    void tellReplaced(unsigned head);
    void releaseAll();
    void serializeResources(StateArchive &archive);
    void serializeHead(StateArchive &archive, GpuHead &head);

    std::vector<GpuHead> m_heads;
    std::map<std::uint32_t, GpuResource> m_resources;
    std::uint64_t m_resourceBytes = 0;
    std::size_t m_backingEntries = 0;
    bool m_isTaken = false;
    std::uint64_t m_copiedBytes = 0; // since the queue was entered
    GpuWatcher *m_watcher = nullptr;
};

} // namespace engine::virtio
