// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/char_backends/io_char_backend.h"

#include <algorithm>

namespace engine {

PollLoop *IoCharBackend::loop() const
{
    const std::lock_guard lock(m_mutex);
    return m_loop;
}

void IoCharBackend::attach(PollLoop *newLoop)
{
    if (PollLoop *old = loop()) {
        flush(); // the last words
        {
            const std::lock_guard lock(m_mutex);
            m_loop = nullptr;
        }
        detaching(*old);
    }
    if (!newLoop)
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_loop = newLoop;
    }
    attached(*newLoop);
    flush();
    deliverInput();
}

void IoCharBackend::post(std::function<void()> function)
{
    const std::lock_guard lock(m_mutex);
    if (!m_loop)
        return;
    m_loop->post([weak = weak_from_this(), function = std::move(function)] {
        if (const auto self = weak.lock(); self && self->loop())
            function();
    });
}

void IoCharBackend::write(std::span<const std::uint8_t> bytes)
{
    {
        const std::lock_guard lock(m_mutex);
        const std::size_t taken = std::min(bytes.size(), MaxOutput - m_output.size());
        m_output.insert(m_output.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(taken));
        if (m_isFlushPosted || !m_loop)
            return;
        m_isFlushPosted = true;
    }
    post([this] { flush(); });
}

void IoCharBackend::flush()
{
    std::vector<std::uint8_t> bytes;
    {
        const std::lock_guard lock(m_mutex);
        bytes.swap(m_output);
        m_isFlushPosted = false;
    }
    if (!bytes.empty())
        send(bytes);
}

void IoCharBackend::setReceiver(Receiver receiver)
{
    m_receiver = std::move(receiver);
    m_isPortFull = false;
}

void IoCharBackend::resumeReceiving()
{
    post([this] {
        m_isPortFull = false;
        deliverInput();
    });
}

void IoCharBackend::deliver(std::span<const std::uint8_t> bytes)
{
    m_input.insert(m_input.end(), bytes.begin(), bytes.end());
    deliverInput();
}

void IoCharBackend::deliverInput()
{
    if (m_input.empty() || m_isPortFull)
        return;
    // Without a port it is lost.
    const std::size_t taken =
        m_receiver ? std::min(m_receiver(m_input), m_input.size()) : m_input.size();
    m_isPortFull = taken < m_input.size();
    m_input.erase(m_input.begin(), m_input.begin() + std::ptrdiff_t(taken));
    if (m_input.empty())
        inputTaken();
}

} // namespace engine
