// SPDX-License-Identifier: GPL-3.0-or-later
// A chip, as the board sees it. It knows an offset in one of its regions, its irq line, a clock and
// guest memory; never the virtual machine.
//
// Threads: vCPU threads, the io thread and (network cards) the network thread. Whoever calls one of
// the virtual functions holds lock(): the bus does it around accesses, the clock around expired
// timers, the board around reset and serialize; who posts to a device takes it himself. So a chip
// is single-threaded inside. Lock order: a device's lock, then the bus's own, interrupt controllers
// and timer queues. A device never calls another device with its own lock held, but through an
// IrqLine or MsiSink.
#pragma once

#include "engine/bus/state_archive.h"

#include <cstdint>
#include <mutex>
#include <string>

namespace engine {

class Device
{
public:
    // The name is the chunk's in a saved state, so it never changes: "rtc", "ahci".
    explicit Device(std::string name)
        : m_name(std::move(name))
    { }
    virtual ~Device() = default;
    Device(const Device &) = delete;
    Device &operator=(const Device &) = delete;

    const std::string &name() const { return m_name; }
    std::mutex &lock() const { return m_lock; }

    // As after power-on. Twice is as good as once.
    virtual void reset() = 0;
    // `offset` is inside the region and so is `offset + size - 1`; size is 1, 2, 4 or 8. A chip
    // that does not decode an access answers all ones and ignores a write.
    virtual std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size);
    virtual void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value);

    virtual std::uint32_t stateVersion() const { return 1; }
    // The machine stands still and nothing is in flight (isIdle()). `version` is stateVersion()
    // while saving and at most that while loading; the state before loading is that after reset().
    // When the archive fails the device must still be safe to reset and destroy.
    virtual void serialize(StateArchive &archive, std::uint32_t version) = 0;

    // Nothing the guest asked for is still on its way (disk requests, transfers). Asked while the
    // vCPUs stand still, until it says yes.
    virtual bool isIdle() const { return true; }
    // Whether the vCPUs run. While they stand still a device begins nothing of its own: no frame or
    // key goes into guest memory, no ring is read; what is in flight ends. Told no after they stopped
    // and before isIdle() is asked, yes before they go on, also after serialize() and guest memory
    // are loaded. At first they do not run.
    virtual void setRunning(bool isRunning);

private:
    const std::string m_name;
    mutable std::mutex m_lock;
};

inline std::uint64_t Device::read(unsigned, std::uint64_t, unsigned)
{
    return ~std::uint64_t(0);
}

inline void Device::write(unsigned, std::uint64_t, unsigned, std::uint64_t) { }

inline void Device::setRunning(bool) { }

// A chunk of its own for the device, both ways. The device's lock is taken.
void serializeDevice(StateArchive &archive, Device &device);

} // namespace engine
