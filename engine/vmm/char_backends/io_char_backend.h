// SPDX-License-Identifier: GPL-3.0-or-later
// What all backends of serial ports share: bytes on their way to the io thread, bounded, and bytes
// from there that the port has not taken yet. Always held by a shared_ptr.
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/host/char_backend.h"

#include <memory>
#include <mutex>
#include <vector>

namespace engine {

class IoCharBackend : public CharBackend, public std::enable_shared_from_this<IoCharBackend>
{
public:
    // What may be on its way out; the rest is lost.
    static constexpr std::size_t MaxOutput = 1u << 20;

    void attach(PollLoop *loop) final;
    void write(std::span<const std::uint8_t> bytes) override;
    void setReceiver(Receiver receiver) final;
    void resumeReceiving() final;

protected:
    // All on the io thread.
    virtual void attached(PollLoop &) { }
    virtual void detaching(PollLoop &) { }
    virtual void send(std::span<const std::uint8_t> bytes) = 0;
    virtual void inputTaken() { } // hasInput() is false again

    // Gives it to the port now, or when that has room.
    void deliver(std::span<const std::uint8_t> bytes);
    bool hasInput() const { return !m_input.empty(); }

    // Any thread; the function runs there unless the backend is gone or detached by then.
    void post(std::function<void()> function);

private:
    void flush();
    void deliverInput();
    PollLoop *loop() const;

    mutable std::mutex m_mutex; // for the three below
    PollLoop *m_loop = nullptr;
    std::vector<std::uint8_t> m_output;
    bool m_isFlushPosted = false;

    // The io thread's.
    Receiver m_receiver;
    std::vector<std::uint8_t> m_input;
    bool m_isPortFull = false;
};

} // namespace engine
