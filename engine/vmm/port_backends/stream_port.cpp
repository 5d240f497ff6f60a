// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/port_backends/stream_port.h"

#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace engine {

void StreamPort::connect(Fd stream)
{
    const std::lock_guard lock(m_mutex);
    m_next = std::move(stream);
    if (m_wake)
        m_wake();
}

void StreamPort::setGuestListener(GuestListener listener)
{
    const std::lock_guard lock(m_mutex);
    m_listener = std::move(listener);
}

void StreamPort::setWake(std::function<void()> wake)
{
    const std::lock_guard lock(m_mutex);
    m_wake = std::move(wake);
    if (m_wake && m_next.isOpen())
        m_wake();
}

void StreamPort::setGuestOpen(bool isOpen)
{
    m_isGuestOpen = isOpen;
    if (!isOpen) {
        closeStream();
        guestClosed();
    }
    const std::lock_guard lock(m_mutex);
    if (!isOpen)
        m_next.reset(); // meant for the one that is gone
    if (m_listener)
        m_listener(isOpen);
}

bool StreamPort::adoptNext()
{
    Fd next;
    {
        const std::lock_guard lock(m_mutex);
        next = std::exchange(m_next, Fd());
    }
    if (!next.isOpen())
        return false;
    closeStream();
    if (!m_isGuestOpen)
        return true;
    m_stream = std::move(next);
    m_isReadable = true;
    streamChanged();
    return true;
}

void StreamPort::closeStream()
{
    m_isReadable = false;
    m_isBlocked = false;
    m_pollIndex = -1;
    if (!m_stream.isOpen())
        return;
    m_stream.reset();
    streamChanged();
}

std::size_t StreamPort::receive(std::span<std::uint8_t> room)
{
    if (!m_stream.isOpen() || !m_isReadable || room.empty())
        return 0;
    const ssize_t count = ::recv(m_stream.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (count > 0)
        return std::size_t(count);
    m_isReadable = false;
    if (count == 0 || (errno != EAGAIN && errno != EINTR))
        closeStream();
    return 0;
}

std::size_t StreamPort::send(std::span<const std::uint8_t> bytes)
{
    if (!m_stream.isOpen())
        return bytes.size();
    std::size_t sent = 0;
    while (sent < bytes.size() && !m_isBlocked) {
        const ssize_t count = ::send(m_stream.get(), bytes.data() + sent, bytes.size() - sent,
                                     MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count > 0) {
            sent += std::size_t(count);
        } else if (errno == EAGAIN) {
            m_isBlocked = true;
        } else if (errno != EINTR) {
            closeStream();
            return bytes.size();
        }
    }
    return sent;
}

void StreamPort::pollStream(PollSet &set, bool forInput, bool forOutput)
{
    const auto events = short((forInput ? POLLIN : 0) | (forOutput ? POLLOUT : 0));
    // Without anything to do the end of a connection would wake the loop again and again.
    m_pollIndex = m_stream.isOpen() && events != 0 ? set.add(m_stream.get(), events) : -1;
}

bool StreamPort::handleStream(const PollSet &set)
{
    const short happened = set.revents(std::exchange(m_pollIndex, -1));
    if (happened == 0)
        return false;
    m_isReadable = m_isReadable || (happened & (POLLIN | POLLHUP | POLLERR)) != 0;
    if ((happened & (POLLOUT | POLLHUP | POLLERR)) != 0)
        m_isBlocked = false;
    return true;
}

// Bytes as they are

bool PlainPort::takeBreak()
{
    const bool wasOpen = hasStream();
    return adoptNext() && wasOpen;
}

std::size_t PlainPort::write(std::span<const std::uint8_t> bytes)
{
    return send(bytes);
}

std::size_t PlainPort::read(std::span<std::uint8_t> room)
{
    return receive(room);
}

void PlainPort::preparePoll(PollSet &set, bool wantsInput)
{
    pollStream(set, wantsInput, isBlocked());
}

bool PlainPort::handlePoll(const PollSet &set)
{
    return handleStream(set);
}

} // namespace engine
