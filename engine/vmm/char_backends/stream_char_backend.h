// SPDX-License-Identifier: GPL-3.0-or-later
// A backend on a descriptor that may come and go: a file, or one connection of a socket. What
// cannot be written yet waits, bounded; without a descriptor it is lost. Reads only when the port
// has taken what was read before, so that a fast peer is slowed down.
#pragma once

#include "engine/base/fd.h"
#include "engine/vmm/char_backends/io_char_backend.h"

#include <string>

namespace engine {

class StreamCharBackend : public IoCharBackend, private PollSource
{
protected:
    enum class Direction : std::uint8_t { OutOnly, Both };

    // `what` for the log: "The serial port's file \"/a/b\"".
    StreamCharBackend(std::string what, Direction direction)
        : m_what(std::move(what))
        , m_direction(direction)
    { }

    void setStream(Fd stream); // non-blocking; a new one forgets what waited for the old
    bool hasStream() const { return m_stream.isOpen(); }
    void warnOnce(const std::string &why);

    // While there is no stream; io thread.
    virtual void prepareWithoutStream(PollSet &) { }
    virtual void handleWithoutStream(const PollSet &) { }
    virtual void streamEnded() { }
    // A stream that failed stays where there is no other: a full disk may have room again.
    virtual bool outlivesFailure() const { return false; }

private:
    void attached(PollLoop &loop) override { loop.add(this); }
    void detaching(PollLoop &loop) override;
    void send(std::span<const std::uint8_t> bytes) override;
    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;
    void writeWaiting();
    void readSome();
    void endStream();

    const std::string m_what;
    const Direction m_direction;
    Fd m_stream;
    std::vector<std::uint8_t> m_waiting; // to be written
    int m_pollIndex = -1;
    bool m_hasWarned = false;
};

} // namespace engine
