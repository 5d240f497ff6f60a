// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/frame_stream.h"

#include "engine/base/log.h"
#include "engine/net/network_order.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace engine::net {

namespace {

constexpr std::size_t LengthBytes = 4;
constexpr std::size_t ReadBytes = 128 * 1024;

} // namespace

FrameStream::FrameStream(Fd socket, NetAdapter::Now now)
    : m_socket(std::move(socket))
    , m_adapter(*this, std::move(now))
{ }

void FrameStream::deliver(Frame frame)
{
    if (!isOpen() || frame.empty() || frame.size() > MaxFrameBytes || !m_unsent.empty())
        return;
    std::array<std::uint8_t, LengthBytes> length{};
    storeBig32(length.data(), std::uint32_t(frame.size()));
    // sendmsg does not write through the pointers.
    std::array<iovec, 2> parts = {
        {{length.data(), length.size()}, {const_cast<std::uint8_t *>(frame.data()), frame.size()}}};
    msghdr message = {};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    ssize_t sent = ::sendmsg(m_socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS) {
            close();
            return;
        }
        sent = 0;
    }
    const auto done = std::size_t(sent);
    if (done < LengthBytes)
        m_unsent.assign(length.begin() + sent, length.end());
    const std::size_t frameDone = done < LengthBytes ? 0 : done - LengthBytes;
    m_unsent.insert(m_unsent.end(), frame.begin() + std::ptrdiff_t(frameDone), frame.end());
}

void FrameStream::preparePoll(PollSet &set)
{
    m_pollIndex = -1;
    if (!isOpen())
        return;
    short events = 0;
    if (hasWholeFrame())
        set.wakeBy(m_adapter.nextSendTime());
    else
        events |= POLLIN;
    if (!m_unsent.empty())
        events |= POLLOUT;
    m_pollIndex = set.add(m_socket.get(), events);
    m_adapter.preparePoll(set);
}

void FrameStream::handlePoll(const PollSet &set)
{
    const short events = set.revents(m_pollIndex);
    if ((events & POLLOUT) != 0)
        writeUnsent();
    if ((events & POLLIN) != 0)
        read();
    else if ((events & (POLLHUP | POLLERR)) != 0)
        close();
    sendReadFrames();
    m_adapter.handlePoll(set);
}

void FrameStream::read()
{
    if (m_consumed > 0) {
        m_received.erase(m_received.begin(), m_received.begin() + std::ptrdiff_t(m_consumed));
        m_consumed = 0;
    }
    const std::size_t before = m_received.size();
    m_received.resize(before + ReadBytes);
    const ssize_t count =
        ::recv(m_socket.get(), m_received.data() + before, ReadBytes, MSG_DONTWAIT);
    m_received.resize(before + std::size_t(count > 0 ? count : 0));
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        close();
}

bool FrameStream::hasWholeFrame() const
{
    const std::size_t left = m_received.size() - m_consumed;
    return left >= LengthBytes && left - LengthBytes >= loadBig32(m_received.data() + m_consumed);
}

void FrameStream::sendReadFrames()
{
    while (isOpen()) {
        const std::size_t left = m_received.size() - m_consumed;
        if (left < LengthBytes)
            return;
        const std::size_t length = loadBig32(m_received.data() + m_consumed);
        if (length > MaxFrameBytes) {
            log(LogLevel::Error, "network",
                "the machine's process sent a frame of " + std::to_string(length)
                    + " bytes; its cable is pulled");
            close();
            return;
        }
        if (left - LengthBytes < length || !m_adapter.canSend())
            return;
        const Frame frame(m_received.data() + m_consumed + LengthBytes, length);
        m_consumed += LengthBytes + length;
        m_adapter.send(frame);
    }
}

void FrameStream::writeUnsent()
{
    const ssize_t sent =
        ::send(m_socket.get(), m_unsent.data(), m_unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0)
        m_unsent.erase(m_unsent.begin(), m_unsent.begin() + sent);
    else if (sent < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
        close();
}

void FrameStream::close()
{
    m_socket.reset();
    m_received.clear();
    m_consumed = 0;
    m_unsent.clear();
}

} // namespace engine::net
