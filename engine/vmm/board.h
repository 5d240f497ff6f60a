// SPDX-License-Identifier: GPL-3.0-or-later
// The main board: builds the chips that a VmConfig asks for and wires them to the buses, the
// interrupt controllers and the world outside. The only place that knows all of them.
//
// Built, reset and asked on the control thread while the vCPUs stand still; what is marked so, on
// any.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/bus/bus.h"
#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"
#include "engine/host/vm_events.h"
#include "engine/vmm/guest_ram.h"
#include "engine/vmm/kvm_machine.h"
#include "engine/vmm/vm_clock.h"
#include "engine/vmm/vm_config.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace engine {

class UsbBackend;
namespace net {
class FrameSink;
class NetAdapter;
} // namespace net
namespace virtio {
class VirtioBalloon;
}

// What the chips ask of the machine; called with a chip's lock held, on any thread, and return at
// once.
struct BoardRequests
{
    std::function<void()> reset;
    std::function<void()> powerOff;
    std::function<void(unsigned drive)> mediumEjected;
    std::function<void(const VmProblem &)> problem;
    std::function<void(std::uint8_t code)> testExit;
};

struct BoardServices
{
    VmConfig &config;
    KvmMachine &kvm;
    GuestRam &ram;
    Bus &memory;
    Bus &ports;
    VmClock &clock;
    PollLoop &io;
    PollLoop *network;
    BoardRequests requests;
};

class Board
{
public:
    static Result<std::unique_ptr<Board>> create(BoardServices services);
    virtual ~Board() = default;

    // In the order in which they are reset and saved.
    virtual const std::vector<Device *> &devices() const = 0;
    // What is no chip: the firmware's shadow in RAM.
    virtual void resetMemory() = 0;
    // Memory beside the RAM that a saved state holds as memory.
    virtual std::span<std::uint8_t> videoMemory() = 0;
    virtual void pressPowerButton() = 0; // any thread
    virtual Result<> changeMedium(unsigned drive, std::shared_ptr<BlockDevice> image,
                                  bool force) = 0;
    // Disk requests that failed for the host's sake wait: they are tried again, or answered with
    // their error before a reset.
    virtual void retryDisks() = 0;
    virtual void giveUpDisks() = 0;
    virtual Result<unsigned> plugUsb(std::shared_ptr<UsbBackend> device) = 0;
    virtual Result<unsigned> plugUsbStick(std::shared_ptr<BlockDevice> image,
                                          const std::string &serial) = 0;
    virtual Result<unsigned> plugGamepad(unsigned from) = 0;
    virtual Result<> unplugUsb(unsigned connector) = 0;
    virtual net::FrameSink &cardSink(unsigned card) = 0;
    virtual void connectCard(unsigned card, net::NetAdapter *adapter) = 0;
    virtual void setLinkUp(unsigned card, bool isUp) = 0; // any thread
    // As Vm's; any thread.
    virtual unsigned folderPlaces() const = 0;
    virtual void plugFolder(unsigned place, const std::string &tag) = 0;
    virtual void unplugFolder(unsigned place) = 0;
    virtual void connectFolder(unsigned place, Fd server) = 0;
    virtual void disconnectFolder(unsigned place) = 0;
    virtual bool hasFolderServer(unsigned place) const = 0;
    // Null: there is none. Its functions may be called on any thread.
    virtual virtio::VirtioBalloon *balloon() = 0;
    virtual unsigned screenCount() const = 0;
    virtual FrameSource &screen(unsigned number) = 0;
    virtual InputSink &input() = 0;
};

// Where the four pages go that the kernel needs for real mode (KvmMachine::create): below the
// largest flash, above the PCI window.
constexpr std::uint64_t ReservedPages = 0xfeffc000;

} // namespace engine
