// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/char_backends/serial_console.h"

#include <algorithm>

namespace engine {

std::shared_ptr<SerialConsole> SerialConsole::make()
{
    return std::shared_ptr<SerialConsole>(new SerialConsole());
}

SerialConsole::Text SerialConsole::textSince(std::uint64_t position) const
{
    const std::lock_guard lock(m_textMutex);
    const std::uint64_t first = m_end - m_text.size();
    const std::uint64_t start = std::clamp(position, first, m_end);
    return {.start = start, .bytes = m_text.substr(std::size_t(start - first))};
}

std::uint64_t SerialConsole::end() const
{
    const std::lock_guard lock(m_textMutex);
    return m_end;
}

void SerialConsole::setListener(std::function<void()> somethingCame)
{
    const std::lock_guard lock(m_listenerMutex);
    m_listener = std::move(somethingCame);
}

void SerialConsole::write(std::span<const std::uint8_t> bytes)
{
    {
        const std::lock_guard lock(m_textMutex);
        m_text.append(bytes.begin(), bytes.end());
        m_end += bytes.size();
        // Not with every byte: the rest would be moved each time.
        if (m_text.size() >= 2 * MaxBytes)
            m_text.erase(0, m_text.size() - MaxBytes);
    }
    const std::lock_guard lock(m_listenerMutex);
    if (m_listener)
        m_listener();
}

bool SerialConsole::type(std::string_view bytes)
{
    {
        const std::lock_guard lock(m_typedMutex);
        if (bytes.size() > MaxTyped - m_typed.size())
            return false;
        m_typed += bytes;
    }
    post([this] { passTyped(); });
    return true;
}

void SerialConsole::inputTaken()
{
    passTyped();
}

void SerialConsole::passTyped()
{
    if (hasInput())
        return; // goes on when that has been taken
    std::string typed;
    {
        const std::lock_guard lock(m_typedMutex);
        typed.swap(m_typed);
    }
    if (typed.empty())
        return;
    const std::vector<std::uint8_t> bytes(typed.begin(), typed.end());
    deliver(bytes);
}

} // namespace engine
