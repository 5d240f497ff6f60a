// SPDX-License-Identifier: GPL-3.0-or-later
// Between the two forms of the desktop agent's protocol (engine/host/vdagent_protocol.h): whole
// messages one after the other, as a machine hands them out, and chunks, as spice-server wants them
// from an agent's port. Neither side is trusted: sizes are counted, never allocated.
//
// One thread at a time.
#pragma once

#include "engine/host/vdagent_protocol.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::spice {

// From the agent. A chunk has of one message only, and of a message's first the whole header:
// spice-server takes nothing else (agent_msg_filter_process_data in its agent-msg-filter.cpp).
class ChunkMaker final
{
public:
    void add(std::span<const std::uint8_t> bytes, std::vector<std::uint8_t> &chunks);

private:
    std::array<std::uint8_t, vdagent::MessageHeaderBytes> m_header = {};
    std::size_t m_headerCount = 0;
    std::uint32_t m_left = 0; // of the message whose header is out
};

// To the agent. Clients' messages may lie in several chunks, and the server's own come between
// them: those wait, and of a few that wait the last matter (places of the pointer).
class ChunkReader final
{
public:
    static constexpr std::size_t MaxHeldBack = 4096;

    void add(std::span<const std::uint8_t> bytes, std::vector<std::uint8_t> &messages);

private:
    void addPayload(std::span<const std::uint8_t> bytes, std::vector<std::uint8_t> &messages);
    void finishServerMessage(std::vector<std::uint8_t> &messages);
    bool isInsideMessage() const { return m_headerCount > 0 || m_left > 0; }

    std::array<std::uint8_t, vdagent::ChunkHeaderBytes> m_chunk = {};
    std::size_t m_chunkCount = 0;
    std::uint32_t m_chunkLeft = 0;
    bool m_isServers = false; // the chunk
    std::array<std::uint8_t, vdagent::MessageHeaderBytes> m_header = {}; // of the client's message
    std::size_t m_headerCount = 0;
    std::uint32_t m_left = 0;
    std::vector<std::uint8_t> m_serverMessage;
    std::vector<std::uint8_t> m_heldBack;
};

} // namespace engine::spice
