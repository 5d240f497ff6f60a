// SPDX-License-Identifier: GPL-3.0-or-later
// The agent of the guest's desktop as one of the library's character devices (spice-char.h), which
// carries what clients and it say to each other: clipboard, files, the screen's size.
//
// On the server's thread only. Nothing waits, and both directions hold a bounded amount.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/spice/agent_chunks.h"
#include "engine/spice/size_wish.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <spice.h>

namespace engine::spice {

class AgentChannel final : public PollSource
{
public:
    using SizeWanted = std::function<void(SizeWish::Size)>;

    AgentChannel(SpiceServer *server, PollLoop &loop, SizeWanted sizeWanted);
    ~AgentChannel() override; // before the server

    void connect(Fd stream); // closed: there is no agent

    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

private:
    struct Instance // as the library knows it: the first member
    {
        SpiceCharDeviceInstance device = {};
        AgentChannel *self = nullptr;
    };

    static const SpiceCharDeviceInterface &interface();
    static AgentChannel &of(SpiceCharDeviceInstance *instance);
    std::size_t takeFromClients(std::span<const std::uint8_t> bytes);
    std::size_t giveToClients(std::span<std::uint8_t> room);
    void receive();
    void send();
    void disconnect();

    SpiceServer *const m_server;
    PollLoop &m_loop;
    const SizeWanted m_sizeWanted;
    Instance m_instance;
    Fd m_stream;
    bool m_isAttached = false;
    bool m_isOver = false; // the stream, or the library wants no more of it
    int m_pollIndex = -1;
    ChunkMaker m_maker;
    ChunkReader m_reader;
    SizeWish m_sizeWish;
    std::vector<std::uint8_t> m_toClients;
    std::vector<std::uint8_t> m_toAgent;
};

} // namespace engine::spice
