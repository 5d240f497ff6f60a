// SPDX-License-Identifier: GPL-3.0-or-later
// The port of spice-vdagent: between the chunks on the port (engine/host/vdagent_protocol.h) and a
// window, which gets and sends whole messages without them. What SPICE's server does for QEMU.
//
// The host's end is always open, as there. What the agent says while no window is connected is
// read and dropped; a window's stream begins with a message, both ways, and when it ends the agent
// is told, so that it forgets a message it has half of. The agent is not trusted: sizes are
// counted, never allocated.
//
// Threads: stream_port.h.
#pragma once

#include "engine/host/vdagent_protocol.h"
#include "engine/vmm/port_backends/stream_port.h"

#include <array>
#include <vector>

namespace engine {

class VdagentPort final : public StreamPort
{
public:
    static constexpr std::size_t MaxToWindow = 64 * 1024;

    bool isOpen() const override { return true; }
    bool takeBreak() override;
    std::size_t write(std::span<const std::uint8_t> bytes) override;
    std::size_t read(std::span<std::uint8_t> room) override;
    void preparePoll(PollSet &set, bool wantsInput) override;
    bool handlePoll(const PollSet &set) override;
    void reset() override;
    void serialize(StateArchive &archive) override;

private:
    // A header that comes in pieces.
    template <std::size_t Bytes>
    struct Header
    {
        std::array<std::uint8_t, Bytes> bytes = {};
        std::uint8_t count = 0;

        std::size_t take(std::span<const std::uint8_t> from);
        bool isWhole() const { return count == Bytes; }
    };

    void streamChanged() override;
    void guestClosed() override { reset(); }
    std::size_t takePayload(std::span<const std::uint8_t> bytes);
    void sendToWindow();
    void refill();
    void addChunk(vdagent::ChunkPortNumber port, std::span<const std::uint8_t> bytes);

    // From the agent.
    Header<vdagent::ChunkHeaderBytes> m_chunk;
    std::uint32_t m_chunkLeft = 0;
    bool m_isForWindow = false; // the chunk
    Header<vdagent::MessageHeaderBytes> m_message;
    std::uint32_t m_messageLeft = 0;
    bool m_isPassedOn = false; // the message: a window saw its beginning
    std::vector<std::uint8_t> m_toWindow; // at most MaxToWindow

    // To the agent.
    std::vector<std::uint8_t> m_toAgent; // at most two chunks
    std::size_t m_toAgentDone = 0;
    bool m_owesGoodbye = false; // a window is gone, and the agent does not know
};

} // namespace engine
