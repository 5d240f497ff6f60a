// SPDX-License-Identifier: GPL-3.0-or-later
// The card's end of a cable whose card is in another process: QEMU's "-netdev stream". On the
// stream each frame follows its length, four bytes, big-endian (QEMU, net/stream.c). The network
// thread's.
//
// Backpressure both ways is the socket's: what the adapter's limit holds back is not read, and what
// QEMU does not read fills the socket until isReady() says no.
#pragma once

#include "engine/base/fd.h"
#include "engine/net/net_adapter.h"

namespace engine::net {

class FrameStream final : public FrameSink, public PollSource
{
public:
    // A connected, non-blocking stream socket.
    explicit FrameStream(Fd socket, NetAdapter::Now now = &Clock::now);

    NetAdapter &adapter() { return m_adapter; }
    bool isOpen() const { return m_socket.isOpen(); }

    void deliver(Frame frame) override;
    bool isReady() const override { return m_unsent.empty(); }

    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

private:
    void read();
    void sendReadFrames();
    bool hasWholeFrame() const;
    void writeUnsent();
    void close();

    Fd m_socket;
    FrameBuffer m_received; // from m_consumed on: not handled yet
    std::size_t m_consumed = 0;
    FrameBuffer m_unsent;
    int m_pollIndex = -1;
    NetAdapter m_adapter;
};

} // namespace engine::net
