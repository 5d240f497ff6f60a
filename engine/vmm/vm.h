// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual machine on KVM: memory, board, vCPU threads. Runs on a PollLoop of its owner's beside
// them.
//
// Threads: one control thread makes it, commands it and destroys it; commands may wait (for vCPUs
// to leave the guest, for disks to answer), so that thread is not the one that paints. What is
// marked "any thread" may also be called from elsewhere.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"
#include "engine/host/vm_events.h"
#include "engine/vmm/exit_statistics.h"
#include "engine/vmm/vm_config.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine {

class PollLoop;
class UsbBackend;
namespace net {
class NetAdapter;
class FrameSink;
} // namespace net

struct GuestMemoryUse
{
    std::uint64_t balloonBytes = 0; // taken from the guest now
    std::uint64_t totalBytes = 0; // as the guest counts it, the balloon not in it; 0: it does not say
    std::uint64_t availableBytes = 0; // of these, without swapping

    bool operator==(const GuestMemoryUse &) const = default;
};

class Vm
{
public:
    // `io` is the machine's io thread: timers, interrupts, and what the config's images and serial
    // back ends were opened with. `network` carries the frames of the config's cards; null where
    // there are none. All three outlive the Vm.
    static Result<std::unique_ptr<Vm>> create(VmConfig config, VmEvents &events, PollLoop &io,
                                              PollLoop *network = nullptr);
    virtual ~Vm() = default; // stops everything; nothing is called back afterwards

    // Life: created (paused, at its reset vector), running, paused. After stopped() it stays
    // paused.
    virtual Result<> resume() = 0; // also what waits after a VmProblem is tried again
    virtual Result<> pause() = 0; // vCPUs stand still, time stops
    virtual Result<> reset() = 0; // as with the button; keeps running or paused
    virtual void pressPowerButton() = 0; // ACPI; any thread

    // Paused only. Device and vCPU state, then memory, sparse; `progressed` gets percent and says
    // whether to go on. The file is synced when it succeeds.
    virtual Result<> save(int file, const std::function<bool(int)> &progressed) = 0;
    // Once, right after create() with the same config. Memory is paged in lazily from the file,
    // which must stay as it is while the Vm lives; it may be unlinked.
    virtual Result<> restore(int file) = 0;

    // An optical drive's medium; null ejects. Without `force` a locked tray gives Busy.
    virtual Result<> changeMedium(unsigned drive, std::shared_ptr<BlockDevice> image,
                                  bool force) = 0;

    // USB, where config.hasUsb. The connector is the answer; Busy: all are in use. Whoever unplugs
    // waits until nothing of the device's is under way.
    virtual Result<unsigned> plugUsb(std::shared_ptr<UsbBackend> device) = 0;
    virtual Result<unsigned> plugUsbStick(std::shared_ptr<BlockDevice> image,
                                          const std::string &serial) = 0;
    // The one that input() moves; once. Into the first free connector from this one on, as a state
    // to be restored has it in the one it was in.
    virtual Result<unsigned> plugGamepad(unsigned from) = 0;
    virtual Result<> unplugUsb(unsigned connector) = 0;

    // The network's side of a card; on the network thread.
    virtual net::FrameSink &cardSink(unsigned card) = 0; // index of VmConfig::networkCards
    virtual void connectCard(unsigned card, net::NetAdapter *adapter) = 0; // null: no cable
    virtual void setLinkUp(unsigned card, bool isUp) = 0; // any thread

    // Shared folders: places for cards, 0 to folderPlaces() - 1. All on any thread. The guest is
    // told of a card that comes, and asked to let go of one that shall go, which it says by
    // VmFolderEvents::released; it may take its time, and a reset takes the card in any case. Asked
    // once more, a guest that did not hear of it (it was starting) is told again.
    virtual unsigned folderPlaces() const = 0;
    virtual void plugFolder(unsigned place, const std::string &tag) = 0; // into a free one
    virtual void unplugFolder(unsigned place) = 0;
    // The vhost-user server of the card in this place; one before it is given up.
    virtual void connectFolder(unsigned place, Fd server) = 0;
    virtual void disconnectFolder(unsigned place) = 0;
    // False also when it is given up, before VmFolderEvents::serverLost says so.
    virtual bool hasFolderServer(unsigned place) const = 0;

    // What the guest said last of its memory; it is asked anew with each call. Nothing without a
    // balloon. Any thread, as the next.
    virtual std::optional<GuestMemoryUse> guestMemory() = 0;
    // The guest shall do without that much, where config.hasBalloon; it takes its time, and gives
    // nothing before it has a driver for it.
    virtual void setBalloon(std::uint64_t bytes) = 0;

    virtual unsigned screenCount() const = 0; // the graphics card's monitors
    virtual FrameSource &screen(unsigned number) = 0;
    virtual InputSink &input() = 0;
    virtual ExitStatistics statistics() const = 0; // any thread
    // Registers and code bytes of every vCPU, several lines, for logs. Paused only.
    virtual std::string describeVcpus() = 0;
};

} // namespace engine
