// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/char_backends/stream_char_backend.h"

#include "engine/base/log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

namespace engine {

void StreamCharBackend::setStream(Fd stream)
{
    m_stream = std::move(stream);
    m_waiting.clear();
    m_pollIndex = -1;
}

void StreamCharBackend::warnOnce(const std::string &why)
{
    if (m_hasWarned)
        return;
    m_hasWarned = true;
    log(LogLevel::Warning, "serial", m_what + " does not take what the guest sends: " + why);
}

void StreamCharBackend::detaching(PollLoop &loop)
{
    loop.remove(this);
    m_pollIndex = -1;
}

void StreamCharBackend::send(std::span<const std::uint8_t> bytes)
{
    if (!m_stream.isOpen())
        return;
    const std::size_t taken = std::min(bytes.size(), MaxOutput - m_waiting.size());
    m_waiting.insert(m_waiting.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(taken));
    writeWaiting();
}

void StreamCharBackend::writeWaiting()
{
    std::size_t written = 0;
    bool hasFailed = false;
    while (written < m_waiting.size()) {
        // The io thread blocks SIGPIPE, so a peer that is gone is an error only.
        const ssize_t count =
            ::write(m_stream.get(), m_waiting.data() + written, m_waiting.size() - written);
        if (count > 0) {
            written += std::size_t(count);
        } else if (count == 0 || errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            hasFailed = true;
            break;
        }
    }
    if (written > 0)
        m_hasWarned = false;
    m_waiting.erase(m_waiting.begin(), m_waiting.begin() + std::ptrdiff_t(written));
    if (!hasFailed)
        return;
    if (outlivesFailure()) {
        warnOnce(std::strerror(errno));
        m_waiting.clear();
    } else {
        endStream();
    }
}

void StreamCharBackend::endStream()
{
    setStream(Fd());
    streamEnded();
}

void StreamCharBackend::preparePoll(PollSet &set)
{
    m_pollIndex = -1;
    if (!m_stream.isOpen())
        return prepareWithoutStream(set);
    const bool reads = m_direction == Direction::Both && !hasInput();
    const auto events = short((reads ? POLLIN : 0) | (m_waiting.empty() ? 0 : POLLOUT));
    // A connection with nothing to do is still watched for its end, but only while its input can be
    // taken: a peer that has written and gone would wake the loop again and again.
    if (events != 0)
        m_pollIndex = set.add(m_stream.get(), events);
}

void StreamCharBackend::handlePoll(const PollSet &set)
{
    if (!m_stream.isOpen())
        return handleWithoutStream(set);
    const int index = std::exchange(m_pollIndex, -1);
    const short happened = set.revents(index);
    if ((happened & (POLLOUT | POLLERR | POLLHUP)) && !m_waiting.empty())
        writeWaiting();
    if (m_stream.isOpen() && m_direction == Direction::Both && !hasInput()
        && (happened & (POLLIN | POLLHUP | POLLERR)))
        readSome();
}

void StreamCharBackend::readSome()
{
    std::array<std::uint8_t, 4096> buffer;
    const ssize_t count = ::read(m_stream.get(), buffer.data(), buffer.size());
    if (count > 0)
        deliver(std::span(buffer).first(std::size_t(count)));
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        endStream();
}

} // namespace engine
