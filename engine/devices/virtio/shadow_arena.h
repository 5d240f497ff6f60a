// SPDX-License-Identifier: GPL-3.0-or-later
// Which parts of a stretch of memory are in use: the lowest that is large enough is given out, so
// that what is seldom needed is seldom touched.
//
// One thread at a time.
#pragma once

#include <cstddef>
#include <iterator>
#include <map>
#include <optional>

namespace engine::virtio {

class ShadowArena final
{
public:
    static constexpr std::size_t Unit = 256;

    explicit ShadowArena(std::size_t bytes)
        : m_free{{0, bytes}}
    { }

    // Where they begin; nothing: there is no room now.
    std::optional<std::size_t> take(std::size_t bytes)
    {
        const std::size_t size = rounded(bytes);
        for (auto each = m_free.begin(); each != m_free.end(); ++each) {
            if (each->second < size)
                continue;
            const std::size_t at = each->first;
            const std::size_t left = each->second - size;
            m_free.erase(each);
            if (left > 0)
                m_free[at + size] = left;
            return at;
        }
        return std::nullopt;
    }

    // What take() gave for as many bytes.
    void give(std::size_t at, std::size_t bytes)
    {
        std::size_t size = rounded(bytes);
        auto next = m_free.lower_bound(at);
        if (next != m_free.end() && next->first == at + size) {
            size += next->second;
            next = m_free.erase(next);
        }
        if (next != m_free.begin()) {
            const auto before = std::prev(next);
            if (before->first + before->second == at) {
                before->second += size;
                return;
            }
        }
        m_free[at] = size;
    }

    std::size_t freePieces() const { return m_free.size(); } // 1 when nothing is given out

private:
    static std::size_t rounded(std::size_t bytes)
    {
        return bytes == 0 ? Unit : (bytes + Unit - 1) / Unit * Unit;
    }

    std::map<std::size_t, std::size_t> m_free; // bytes, by their beginning
};

} // namespace engine::virtio
