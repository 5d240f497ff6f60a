// SPDX-License-Identifier: GPL-3.0-or-later
// A port of a virtio console whose host's end is one connected stream socket at a time.
//
// Threads: connect() and setGuestListener() on any, at any time; else as PortBackend.
#pragma once

#include "engine/base/fd.h"
#include "engine/host/port_backend.h"

#include <mutex>

namespace engine {

class StreamPort : public PortBackend
{
public:
    // Who is there from now on, instead of who was. Closed again when the guest's program goes, or
    // is not there at all.
    void connect(Fd stream);
    // Called when the guest opens its end or closes it, on the machine's threads with locks held:
    // it takes a note and returns. An empty one when there must be no more calls.
    using GuestListener = std::function<void(bool isOpen)>;
    void setGuestListener(GuestListener listener);

    void setWake(std::function<void()> wake) final;
    void setGuestOpen(bool isOpen) final;

protected:
    // Of the connection that waits, if any; whether there was one.
    bool adoptNext();
    virtual void streamChanged() { } // another one, or none
    virtual void guestClosed() { }

    bool hasStream() const { return m_stream.isOpen(); }
    bool isGuestOpen() const { return m_isGuestOpen; }
    void closeStream();
    // What there is; nothing is 0. Closes the stream at its end.
    std::size_t receive(std::span<std::uint8_t> room);
    // What was taken; when that is not all, poll says when there is room. Closes what is broken.
    std::size_t send(std::span<const std::uint8_t> bytes);
    void pollStream(PollSet &set, bool forInput, bool forOutput);
    bool handleStream(const PollSet &set);
    bool isBlocked() const { return m_isBlocked; }

private:
    std::mutex m_mutex; // for the next three
    std::function<void()> m_wake;
    GuestListener m_listener;
    Fd m_next;

    Fd m_stream;
    bool m_isReadable = false; // as far as is known
    bool m_isBlocked = false; // it took less than it was given
    bool m_isGuestOpen = false;
    int m_pollIndex = -1;
};

// Bytes as they are.
class PlainPort final : public StreamPort
{
public:
    bool isOpen() const override { return hasStream(); }
    bool takeBreak() override;
    std::size_t write(std::span<const std::uint8_t> bytes) override;
    std::size_t read(std::span<std::uint8_t> room) override;
    void preparePoll(PollSet &set, bool wantsInput) override;
    bool handlePoll(const PollSet &set) override;
    void reset() override { closeStream(); }
    void serialize(StateArchive &) override { }
};

} // namespace engine
