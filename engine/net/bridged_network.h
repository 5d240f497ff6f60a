// SPDX-License-Identifier: GPL-3.0-or-later
// A network of this computer's own, through a tap device in a bridge (bridge_access.h). The network
// thread's.
#pragma once

#include "engine/base/fd.h"
#include "engine/net/net_backend.h"
#include "engine/net/net_loop.h"

namespace engine::net {

class BridgedNetwork final : public NetBackend, public PollSource
{
public:
    // A non-blocking tap device without packet information (IFF_NO_PI).
    BridgedNetwork(NetLoop &loop, FrameSink &sink, Fd tap);
    ~BridgedNetwork() override;

    void send(Frame frame) override;
    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

private:
    NetLoop &m_loop;
    FrameSink &m_sink;
    Fd m_tap;
    int m_pollIndex = -1;
    FrameBuffer m_buffer = FrameBuffer(MaxFrameBytes);
};

} // namespace engine::net
