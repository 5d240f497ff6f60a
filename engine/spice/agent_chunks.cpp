// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/agent_chunks.h"

#include "engine/base/bytes.h"

#include <algorithm>

namespace engine::spice {

using namespace vdagent;

namespace {

// What was taken of `bytes` to complete a header.
template <std::size_t Bytes>
std::size_t takeHeader(std::array<std::uint8_t, Bytes> &header, std::size_t &count,
                       std::span<const std::uint8_t> bytes)
{
    const std::size_t taken = std::min(bytes.size(), Bytes - count);
    std::copy_n(bytes.begin(), taken, header.begin() + std::ptrdiff_t(count));
    count += taken;
    return taken;
}

void append(std::vector<std::uint8_t> &to, std::span<const std::uint8_t> bytes)
{
    to.insert(to.end(), bytes.begin(), bytes.end());
}

void startChunk(std::vector<std::uint8_t> &chunks, std::size_t bytes)
{
    std::array<std::uint8_t, ChunkHeaderBytes> header = {};
    storeLe<std::uint32_t>(&header[ChunkPort], ClientPort);
    storeLe<std::uint32_t>(&header[ChunkSize], std::uint32_t(bytes));
    append(chunks, header);
}

} // namespace

void ChunkMaker::add(std::span<const std::uint8_t> bytes, std::vector<std::uint8_t> &chunks)
{
    while (!bytes.empty()) {
        std::size_t headerBytes = 0;
        if (m_left == 0) {
            bytes = bytes.subspan(takeHeader(m_header, m_headerCount, bytes));
            if (m_headerCount < MessageHeaderBytes)
                return;
            m_headerCount = 0;
            m_left = loadLe<std::uint32_t>(&m_header[MessageSize]);
            headerBytes = MessageHeaderBytes;
        }
        const std::size_t count =
            std::min({bytes.size(), std::size_t(m_left), MaxChunkBytes - headerBytes});
        startChunk(chunks, headerBytes + count);
        append(chunks, std::span(m_header).first(headerBytes));
        append(chunks, bytes.first(count));
        bytes = bytes.subspan(count);
        m_left -= std::uint32_t(count);
    }
}

void ChunkReader::add(std::span<const std::uint8_t> bytes, std::vector<std::uint8_t> &messages)
{
    while (!bytes.empty()) {
        if (m_chunkLeft == 0) {
            bytes = bytes.subspan(takeHeader(m_chunk, m_chunkCount, bytes));
            if (m_chunkCount < ChunkHeaderBytes)
                return;
            m_chunkCount = 0;
            m_chunkLeft = loadLe<std::uint32_t>(&m_chunk[ChunkSize]);
            m_isServers = loadLe<std::uint32_t>(&m_chunk[ChunkPort]) == ServerPort;
            m_serverMessage.clear();
            continue;
        }
        const auto part = bytes.first(std::min(bytes.size(), std::size_t(m_chunkLeft)));
        bytes = bytes.subspan(part.size());
        m_chunkLeft -= std::uint32_t(part.size());
        if (!m_isServers) {
            addPayload(part, messages);
            continue;
        }
        if (m_serverMessage.size() + part.size() <= MaxHeldBack)
            append(m_serverMessage, part);
        if (m_chunkLeft == 0)
            finishServerMessage(messages);
    }
}

void ChunkReader::addPayload(std::span<const std::uint8_t> bytes,
                             std::vector<std::uint8_t> &messages)
{
    append(messages, bytes);
    while (!bytes.empty()) {
        if (m_left == 0) {
            bytes = bytes.subspan(takeHeader(m_header, m_headerCount, bytes));
            if (m_headerCount < MessageHeaderBytes)
                break;
            m_headerCount = 0;
            m_left = loadLe<std::uint32_t>(&m_header[MessageSize]);
        }
        const std::size_t count = std::min(bytes.size(), std::size_t(m_left));
        bytes = bytes.subspan(count);
        m_left -= std::uint32_t(count);
    }
    // A message that ends in the middle of the bytes is followed by another one's beginning.
    if (!isInsideMessage() && !m_heldBack.empty()) {
        append(messages, m_heldBack);
        m_heldBack.clear();
    }
}

// The server's are whole in one chunk. That the clients are gone the machine tells the agent itself.
void ChunkReader::finishServerMessage(std::vector<std::uint8_t> &messages)
{
    const auto type = m_serverMessage.size() < MessageHeaderBytes
        ? 0
        : loadLe<std::uint32_t>(&m_serverMessage[MessageType]);
    if (type == 0 || type == std::uint32_t(Message::ClientDisconnected))
        return;
    if (!isInsideMessage()) {
        append(messages, m_serverMessage);
        return;
    }
    if (m_heldBack.size() + m_serverMessage.size() > MaxHeldBack)
        m_heldBack.clear();
    append(m_heldBack, m_serverMessage);
}

} // namespace engine::spice
