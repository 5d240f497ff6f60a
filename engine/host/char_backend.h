// SPDX-License-Identifier: GPL-3.0-or-later
// The other end of a serial port: a file, a socket, a tab of the machine's window.
//
// Threads: write() and resumeReceiving() on any thread, also with a device's lock held; neither
// calls the receiver. The receiver is called on the machine's io thread without a lock of the
// backend's, so it takes its device's lock itself. setReceiver() while no machine runs it: before
// attach() or after its end, or on the io thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace engine {

class PollLoop;

class CharBackend
{
public:
    virtual ~CharBackend() = default;
    // The loop of the machine's io thread, called there; null before that thread ends. Without one
    // nothing comes in.
    virtual void attach(PollLoop *loop) = 0;
    // Takes what it can and never waits; what it cannot take is lost, as on a cable nobody reads.
    virtual void write(std::span<const std::uint8_t> bytes) = 0;
    // Who gets what comes in; the answer is how many bytes were taken, the others wait until
    // resumeReceiving(). An empty function: nobody.
    using Receiver = std::function<std::size_t(std::span<const std::uint8_t>)>;
    virtual void setReceiver(Receiver receiver) = 0;
    virtual void resumeReceiving() = 0;
};

} // namespace engine
