// SPDX-License-Identifier: GPL-3.0-or-later
// The host's end of one port of a virtio console. Unlike a serial line (char_backend.h) a port
// loses nothing: each side takes what it has room for, and the other one keeps the rest.
//
// Threads: everything but the constructor is called with the device's lock held, so that a backend
// is single-threaded inside; preparePoll() and handlePoll() on the machine's io thread. What other
// threads call has a lock of its own, and then the wake function.
#pragma once

#include "engine/base/poll_loop.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace engine {

class StateArchive;

class PortBackend
{
public:
    virtual ~PortBackend() = default;

    // How to have the device look again, soon: for any thread, returns at once. Empty: the device
    // goes, and must not be called any more.
    virtual void setWake(std::function<void()> wake) = 0;

    // Somebody is at the host's end; what the guest sends while nobody is goes nowhere.
    virtual bool isOpen() const = 0;
    // True once after the one who was there was followed by another: the guest sees the port close
    // and open.
    virtual bool takeBreak() = 0;

    // From the guest; how many bytes were taken. The rest comes again, after a poll or a wake.
    virtual std::size_t write(std::span<const std::uint8_t> bytes) = 0;
    // For the guest, which has room; how many bytes there were.
    virtual std::size_t read(std::span<std::uint8_t> room) = 0;
    // The guest's program has opened its end, or closed it: what is under way to it is void.
    virtual void setGuestOpen(bool isOpen) = 0;

    // Each round of the loop. `wantsInput`: the device has room. The answer is whether something
    // happened: then the device reads and writes.
    virtual void preparePoll(PollSet &set, bool wantsInput) = 0;
    virtual bool handlePoll(const PollSet &set) = 0;

    // As Device::reset() and serialize(): what is under way. Who is at the host's end is not part
    // of the machine. setGuestOpen() follows loading.
    virtual void reset() = 0;
    virtual void serialize(StateArchive &archive) = 0;
};

} // namespace engine
