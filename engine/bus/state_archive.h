// SPDX-License-Identifier: GPL-3.0-or-later
// A saved state of devices, both ways: one serialize() of a device writes while saving and reads
// while loading, so the two cannot drift apart.
//
// Layout: chunks, one after the other. A chunk is the length of its name (8 bit), the name, its
// version (32 bit), the length of its body (32 bit) and the body; all little-endian. Values have no
// tags: a device that changes what it writes raises its version and reads the older ones.
//
// The file may have been damaged or made by an enemy. The first thing that does not fit fails the
// archive, by name; from then on values stay as they are and nothing is read. A device still has to
// check what it read before it uses a value as an index or a size, and calls fail() for nonsense.
// Not thread-safe; the device's lock is held.
#pragma once

#include "engine/base/result.h"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace engine {

class StateArchive final
{
public:
    static constexpr std::size_t MaxNameBytes = 255;

    StateArchive() = default; // saves
    explicit StateArchive(std::vector<std::uint8_t> saved) // loads
        : m_bytes(std::move(saved))
        , m_isLoading(true)
        , m_end(m_bytes.size())
    { }

    bool isLoading() const { return m_isLoading; }
    bool isSaving() const { return !m_isLoading; }
    bool hasFailed() const { return m_error.has_value(); }
    // What the first failure was; only when hasFailed().
    Error error() const { return *m_error; }
    Result<> result() const;
    // "Its state is damaged: the ring has 70000 entries".
    void fail(std::string message);
    // While saving: it cannot be done now. The error as it is.
    void refuse(Error error);

    // Chunks do not nest. While loading the next chunk has to have this name and a version of at
    // most `version`; its version is the answer (while saving it is `version`).
    std::uint32_t beginChunk(std::string_view name, std::uint32_t version);
    void endChunk(); // while loading: everything in it has been read
    // The chunk that comes next, without reading it; empty at the end. For who knows several.
    std::string_view nextChunkName() const;
    bool isAtEnd() const { return m_isLoading && m_position >= m_bytes.size(); }

    void bytes(std::span<std::uint8_t> data);

    template <class T>
    requires std::integral<T> || std::is_enum_v<T>
    void value(T &item)
    {
        std::array<std::uint8_t, 8> raw = {};
        if (!m_isLoading) {
            const auto number = std::uint64_t(item);
            for (std::size_t i = 0; i < sizeof(T); ++i)
                raw[i] = std::uint8_t(number >> (8 * i));
        }
        bytes(std::span(raw).first(sizeof(T)));
        if (!m_isLoading || hasFailed())
            return;
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            number |= std::uint64_t(raw[i]) << (8 * i);
        if constexpr (std::is_same_v<T, bool>)
            item = number != 0;
        else
            item = T(number);
    }

    template <class T, std::size_t Count>
    void value(std::array<T, Count> &items)
    {
        for (T &item : items)
            value(item);
    }

    template <class T>
    void value(std::optional<T> &item)
    {
        bool isThere = item.has_value();
        value(isThere);
        T content = item.value_or(T());
        if (isThere)
            value(content);
        if (m_isLoading && !hasFailed())
            item = isThere ? std::optional<T>(content) : std::nullopt;
    }

    // Any container with resize(): std::vector, std::deque, std::string. More than `maxCount`
    // fails while loading.
    template <class Container>
    void list(Container &items, std::size_t maxCount)
    {
        auto count = std::uint32_t(items.size());
        value(count);
        if (m_isLoading) {
            if (hasFailed())
                return;
            if (count > maxCount)
                return fail("a list has " + std::to_string(count) + " entries, at most "
                            + std::to_string(maxCount) + " can be");
            items.resize(count);
        }
        for (auto &item : items)
            value(item);
    }

    // What was saved; the archive is empty then.
    std::vector<std::uint8_t> take() { return std::move(m_bytes); }

private:
    std::vector<std::uint8_t> m_bytes;
    bool m_isLoading = false;
    std::size_t m_position = 0; // loading
    std::size_t m_end = 0; // of the chunk, or of everything between chunks
    std::size_t m_lengthPosition = 0; // saving: where the open chunk's length will be
    std::string m_chunk; // the open one's name
    std::optional<Error> m_error;
};

} // namespace engine
