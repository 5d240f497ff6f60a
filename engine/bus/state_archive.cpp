// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/state_archive.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <limits>

namespace engine {

Result<> StateArchive::result() const
{
    if (m_error)
        return Error(*m_error);
    return {};
}

void StateArchive::fail(std::string message)
{
    if (m_error)
        return;
    Error error(ErrorKind::Corrupt, std::move(message));
    m_error = std::move(error).context(m_chunk.empty() ? std::string("The saved state is damaged")
                                                       : "The saved state of \"" + m_chunk
                                               + "\" cannot be used");
}

void StateArchive::refuse(Error error)
{
    if (!m_error)
        m_error = std::move(error);
}

std::uint32_t StateArchive::beginChunk(std::string_view name, std::uint32_t version)
{
    check(!name.empty() && name.size() <= MaxNameBytes, "a chunk's name has no good length");
    check(m_chunk.empty() || hasFailed(), "chunks do not nest");
    if (!m_isLoading) {
        m_chunk = name;
        m_bytes.push_back(std::uint8_t(name.size()));
        m_bytes.insert(m_bytes.end(), name.begin(), name.end());
        value(version);
        m_lengthPosition = m_bytes.size();
        m_bytes.resize(m_bytes.size() + 4);
        return version;
    }
    if (hasFailed())
        return version;
    const std::string_view found = nextChunkName();
    if (found != name) {
        fail(found.empty() ? "it ends where \"" + std::string(name) + "\" should be"
                           : "\"" + std::string(found) + "\" is where \"" + std::string(name)
                     + "\" should be: it was saved by a machine with other devices");
        return version;
    }
    m_chunk = name;
    m_position += 1 + name.size();
    m_end = m_bytes.size();
    std::uint32_t savedVersion = version;
    value(savedVersion);
    std::uint32_t length = 0;
    value(length);
    if (hasFailed())
        return version;
    if (savedVersion > version || savedVersion == 0) {
        fail("it has version " + std::to_string(savedVersion)
             + ", this program knows versions up to " + std::to_string(version));
        return version;
    }
    if (length > m_bytes.size() - m_position) {
        fail("it is cut short");
        return version;
    }
    m_end = m_position + length;
    return savedVersion;
}

void StateArchive::endChunk()
{
    if (!m_isLoading) {
        const std::size_t length = m_bytes.size() - m_lengthPosition - 4;
        check(length <= std::numeric_limits<std::uint32_t>::max(), "a chunk is too long");
        storeLe(m_bytes.data() + m_lengthPosition, std::uint32_t(length));
    } else if (!hasFailed() && m_position != m_end) {
        fail("it is longer than it should be");
    }
    m_chunk.clear();
    m_end = m_bytes.size();
}

std::string_view StateArchive::nextChunkName() const
{
    if (!m_isLoading || m_position >= m_bytes.size())
        return {};
    const std::size_t length = m_bytes[m_position];
    if (length > m_bytes.size() - m_position - 1)
        return {};
    // Bytes are read as characters: both are one byte wide.
    return {reinterpret_cast<const char *>(m_bytes.data() + m_position + 1), length};
}

void StateArchive::bytes(std::span<std::uint8_t> data)
{
    if (hasFailed())
        return;
    if (!m_isLoading) {
        m_bytes.insert(m_bytes.end(), data.begin(), data.end());
        return;
    }
    if (data.size() > m_end - m_position)
        return fail("it is cut short");
    std::copy_n(m_bytes.begin() + std::ptrdiff_t(m_position), data.size(), data.begin());
    m_position += data.size();
}

} // namespace engine
