// SPDX-License-Identifier: GPL-3.0-or-later
// What a server was asked to change, has answered, and would still take along when it dies: a
// driver of QEMU's keeps an image's tables in its memory until the next flush. Kept in the order of
// the answers, so that all of it can be asked again of the server that follows.
//
// One thread.
#pragma once

#include "engine/block/block_device.h"

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace engine {

class UnflushedChanges final
{
public:
    struct Change
    {
        BlockOperation operation = BlockOperation::Write; // or WriteZeroes, Discard
        std::uint64_t offset = 0; // bytes
        std::uint64_t length = 0;
        std::vector<std::uint8_t> data; // a write's
    };

    void add(Change change)
    {
        m_bytes += costOf(change);
        m_changes.push_back(std::move(change));
    }

    // Changes are numbered as they come: [first(), end()) are kept.
    std::uint64_t first() const { return m_first; }
    std::uint64_t end() const { return m_first + m_changes.size(); }
    bool isEmpty() const { return m_changes.empty(); }
    // Stays where it is until it is forgotten.
    Change &at(std::uint64_t number) { return m_changes[std::size_t(number - m_first)]; }
    // A flush that was begun when end() was `number` has been answered.
    void forgetBefore(std::uint64_t number)
    {
        for (; m_first < number && !m_changes.empty(); ++m_first) {
            m_bytes -= costOf(m_changes.front());
            m_changes.pop_front();
        }
    }
    // Of memory, more or less.
    std::uint64_t bytes() const { return m_bytes; }

private:
    static std::uint64_t costOf(const Change &change) { return sizeof change + change.data.size(); }

    std::deque<Change> m_changes;
    std::uint64_t m_first = 0;
    std::uint64_t m_bytes = 0;
};

} // namespace engine
