// SPDX-License-Identifier: GPL-3.0-or-later
// What a PS/2 device has to say and nobody has read yet: answers to commands, which go first, and
// what its user did. Bounded.
#pragma once

#include "engine/bus/state_archive.h"

#include <deque>
#include <initializer_list>

namespace engine {

class Ps2Queue final
{
public:
    static constexpr std::size_t MaxAnswers = 32;
    static constexpr std::size_t MaxEvents = 256;

    bool isEmpty() const { return m_answers.empty() && m_events.empty(); }
    bool isAnswerNext() const { return !m_answers.empty(); }
    bool hasEvents() const { return !m_events.empty(); }
    std::size_t eventRoom() const { return MaxEvents - m_events.size(); }

    std::uint8_t front() const { return m_answers.empty() ? m_events.front() : m_answers.front(); }
    std::uint8_t take()
    {
        std::deque<std::uint8_t> &from = m_answers.empty() ? m_events : m_answers;
        m_last = from.front();
        from.pop_front();
        return m_last;
    }
    std::uint8_t last() const { return m_last; } // what was taken last, for "resend"

    void answer(std::initializer_list<std::uint8_t> bytes)
    {
        for (const std::uint8_t byte : bytes)
            if (m_answers.size() < MaxAnswers)
                m_answers.push_back(byte);
    }
    // All of it or nothing.
    bool addEvent(std::initializer_list<std::uint8_t> bytes)
    {
        if (bytes.size() > eventRoom())
            return false;
        m_events.insert(m_events.end(), bytes);
        return true;
    }

    void clearEvents() { m_events.clear(); }
    void clear()
    {
        m_answers.clear();
        m_events.clear();
        m_last = 0;
    }

    void serialize(StateArchive &archive)
    {
        archive.list(m_answers, MaxAnswers);
        archive.list(m_events, MaxEvents);
        archive.value(m_last);
    }

private:
    std::deque<std::uint8_t> m_answers;
    std::deque<std::uint8_t> m_events;
    std::uint8_t m_last = 0;
};

} // namespace engine
