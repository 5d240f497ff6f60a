// SPDX-License-Identifier: GPL-3.0-or-later
// The other end of a serial port: a file, a socket, a tab of the machine's window.
//
// Threads: the machine's io thread calls, and is called.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace engine {

class CharBackend
{
public:
    virtual ~CharBackend() = default;
    // Takes what it can and never waits; what it cannot take is lost, as on a cable nobody reads.
    virtual void write(std::span<const std::uint8_t> bytes) = 0;
    // Who gets what comes in; the answer is how many bytes were taken, the others wait until
    // resumeReceiving(). An empty function: nobody.
    using Receiver = std::function<std::size_t(std::span<const std::uint8_t>)>;
    virtual void setReceiver(Receiver receiver) = 0;
    virtual void resumeReceiving() = 0;
};

} // namespace engine
