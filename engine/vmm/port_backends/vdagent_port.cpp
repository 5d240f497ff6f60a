// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/port_backends/vdagent_port.h"

#include "engine/base/bytes.h"
#include "engine/bus/state_archive.h"

#include <algorithm>
#include <utility>

namespace engine {

template <std::size_t Bytes>
std::size_t VdagentPort::Header<Bytes>::take(std::span<const std::uint8_t> from)
{
    const std::size_t taken = std::min(from.size(), Bytes - count);
    std::copy_n(from.begin(), taken, bytes.begin() + count);
    count = std::uint8_t(count + taken);
    return taken;
}

bool VdagentPort::takeBreak()
{
    adoptNext();
    return false; // the agent sees none
}

void VdagentPort::streamChanged()
{
    m_isPassedOn = false;
    m_toWindow.clear();
    m_owesGoodbye = m_owesGoodbye || !hasStream();
}

void VdagentPort::reset()
{
    closeStream();
    m_chunk = {};
    m_chunkLeft = 0;
    m_isForWindow = false;
    m_message = {};
    m_messageLeft = 0;
    m_toAgent.clear();
    m_toAgentDone = 0;
    m_owesGoodbye = false;
}

// From the agent

std::size_t VdagentPort::write(std::span<const std::uint8_t> bytes)
{
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        const std::span<const std::uint8_t> rest = bytes.subspan(taken);
        if (m_chunkLeft == 0) {
            taken += m_chunk.take(rest);
            if (!m_chunk.isWhole())
                break;
            m_chunkLeft = loadLe<std::uint32_t>(&m_chunk.bytes[vdagent::ChunkSize]);
            m_isForWindow =
                loadLe<std::uint32_t>(&m_chunk.bytes[vdagent::ChunkPort]) == vdagent::ClientPort;
            m_chunk = {};
            continue;
        }
        const auto part = rest.first(std::min<std::size_t>(rest.size(), m_chunkLeft));
        std::size_t count = m_isForWindow ? takePayload(part) : part.size();
        if (count == 0) {
            sendToWindow();
            count = takePayload(part);
        }
        if (count == 0)
            break;
        m_chunkLeft -= std::uint32_t(count);
        taken += count;
    }
    sendToWindow();
    return taken;
}

// Of one message at most; 0: there is no room.
std::size_t VdagentPort::takePayload(std::span<const std::uint8_t> bytes)
{
    if (hasStream() && MaxToWindow - m_toWindow.size() < vdagent::MessageHeaderBytes)
        return 0;
    if (m_messageLeft == 0) {
        const std::size_t taken = m_message.take(bytes);
        if (!m_message.isWhole())
            return taken;
        m_messageLeft = loadLe<std::uint32_t>(&m_message.bytes[vdagent::MessageSize]);
        m_isPassedOn = hasStream()
            && loadLe<std::uint32_t>(&m_message.bytes[vdagent::MessageProtocol])
                == vdagent::Protocol;
        if (m_isPassedOn)
            m_toWindow.insert(m_toWindow.end(), m_message.bytes.begin(), m_message.bytes.end());
        m_message = {};
        return taken;
    }
    std::size_t count = std::min<std::size_t>(bytes.size(), m_messageLeft);
    if (m_isPassedOn) {
        count = std::min(count, MaxToWindow - m_toWindow.size());
        m_toWindow.insert(m_toWindow.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(count));
    }
    m_messageLeft -= std::uint32_t(count);
    return count;
}

void VdagentPort::sendToWindow()
{
    if (m_toWindow.empty() || isBlocked())
        return;
    const std::size_t sent = send(m_toWindow);
    // The stream may have ended, and all with it.
    m_toWindow.erase(m_toWindow.begin(),
                     m_toWindow.begin() + std::ptrdiff_t(std::min(sent, m_toWindow.size())));
}

// To the agent

std::size_t VdagentPort::read(std::span<std::uint8_t> room)
{
    std::size_t done = 0;
    while (done < room.size()) {
        if (m_toAgentDone == m_toAgent.size())
            refill();
        const std::size_t count = std::min(room.size() - done, m_toAgent.size() - m_toAgentDone);
        if (count == 0)
            break;
        std::copy_n(m_toAgent.begin() + std::ptrdiff_t(m_toAgentDone), count,
                    room.begin() + std::ptrdiff_t(done));
        m_toAgentDone += count;
        done += count;
    }
    return done;
}

void VdagentPort::refill()
{
    m_toAgent.clear();
    m_toAgentDone = 0;
    std::array<std::uint8_t, vdagent::MaxChunkBytes> piece;
    const std::size_t count = m_owesGoodbye ? 0 : receive(piece);
    if (std::exchange(m_owesGoodbye, false)) { // perhaps since right now
        std::array<std::uint8_t, vdagent::MessageHeaderBytes> goodbye = {};
        storeLe(&goodbye[vdagent::MessageProtocol], vdagent::Protocol);
        storeLe(&goodbye[vdagent::MessageType],
                std::uint32_t(vdagent::Message::ClientDisconnected));
        addChunk(vdagent::ServerPort, goodbye);
    } else if (count > 0) {
        addChunk(vdagent::ClientPort, std::span(piece).first(count));
    }
}

void VdagentPort::addChunk(vdagent::ChunkPortNumber port, std::span<const std::uint8_t> bytes)
{
    std::array<std::uint8_t, vdagent::ChunkHeaderBytes> header;
    storeLe(&header[vdagent::ChunkPort], std::uint32_t(port));
    storeLe(&header[vdagent::ChunkSize], std::uint32_t(bytes.size()));
    m_toAgent.insert(m_toAgent.end(), header.begin(), header.end());
    m_toAgent.insert(m_toAgent.end(), bytes.begin(), bytes.end());
}

// Life

void VdagentPort::preparePoll(PollSet &set, bool wantsInput)
{
    pollStream(set, wantsInput && m_toAgentDone == m_toAgent.size(), isBlocked());
}

bool VdagentPort::handlePoll(const PollSet &set)
{
    if (!handleStream(set))
        return false;
    sendToWindow();
    return true;
}

void VdagentPort::serialize(StateArchive &archive)
{
    if (archive.isLoading())
        reset();
    bool owesGoodbye = m_owesGoodbye || hasStream();
    archive.value(m_chunk.bytes);
    archive.value(m_chunk.count);
    archive.value(m_chunkLeft);
    archive.value(m_isForWindow);
    archive.value(m_message.bytes);
    archive.value(m_message.count);
    archive.value(m_messageLeft);
    std::vector<std::uint8_t> toAgent(m_toAgent.begin() + std::ptrdiff_t(m_toAgentDone),
                                      m_toAgent.end());
    archive.list(toAgent, vdagent::ChunkHeaderBytes + vdagent::MaxChunkBytes);
    archive.value(owesGoodbye);
    if (!archive.isLoading())
        return;
    if (m_chunk.count >= vdagent::ChunkHeaderBytes
        || m_message.count >= vdagent::MessageHeaderBytes)
        archive.fail("a header of the agent's messages is too long");
    if (archive.hasFailed())
        return reset();
    m_toAgent = std::move(toAgent);
    m_owesGoodbye = owesGoodbye;
}

} // namespace engine
