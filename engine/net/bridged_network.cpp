// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/bridged_network.h"

#include "engine/base/log.h"

#include <cerrno>

#include <unistd.h>

namespace engine::net {

namespace {

constexpr int FramesPerRound = 64;

} // namespace

BridgedNetwork::BridgedNetwork(NetLoop &loop, FrameSink &sink, Fd tap)
    : m_loop(loop)
    , m_sink(sink)
    , m_tap(std::move(tap))
{
    m_loop.add(this);
}

BridgedNetwork::~BridgedNetwork()
{
    m_loop.remove(this);
}

void BridgedNetwork::send(Frame frame)
{
    // A full queue loses the frame, as a wire does.
    [[maybe_unused]] const ssize_t written = ::write(m_tap.get(), frame.data(), frame.size());
}

void BridgedNetwork::preparePoll(PollSet &set)
{
    m_pollIndex = m_tap.isOpen() && m_sink.isReady() ? set.add(m_tap.get(), POLLIN) : -1;
}

void BridgedNetwork::handlePoll(const PollSet &set)
{
    if (set.revents(m_pollIndex) == 0)
        return;
    for (int i = 0; i < FramesPerRound && m_sink.isReady(); ++i) {
        const ssize_t size = ::read(m_tap.get(), m_buffer.data(), m_buffer.size());
        if (size > 0) {
            m_sink.deliver({m_buffer.data(), std::size_t(size)});
            continue;
        }
        if (size < 0 && errno != EAGAIN && errno != EINTR) {
            log(LogLevel::Error, "network", "the bridge's device is gone; the cable is dead");
            m_tap.reset();
        }
        return;
    }
}

} // namespace engine::net
