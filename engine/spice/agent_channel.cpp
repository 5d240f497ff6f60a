// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/agent_channel.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace engine::spice {

namespace {

// More than this waits for nobody: the other side has to.
constexpr std::size_t MaxWaiting = 128 * 1024;
constexpr std::size_t ReadBytes = 16 * 1024;

void removeFirst(std::vector<std::uint8_t> &bytes, std::size_t count)
{
    bytes.erase(bytes.begin(), bytes.begin() + std::ptrdiff_t(count));
}

} // namespace

AgentChannel &AgentChannel::of(SpiceCharDeviceInstance *instance)
{
    return *reinterpret_cast<Instance *>(instance)->self;
}

const SpiceCharDeviceInterface &AgentChannel::interface()
{
    static const SpiceCharDeviceInterface functions = [] {
        SpiceCharDeviceInterface device = {};
        device.base.type = SPICE_INTERFACE_CHAR_DEVICE;
        device.base.description = "vitrine";
        device.base.major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR;
        device.base.minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR;
        device.flags = SPICE_CHAR_DEVICE_NOTIFY_WRITABLE;
        // 0: the library trusts it no more. Not here, it is in the middle of something.
        device.state = [](SpiceCharDeviceInstance *instance, int isOn) {
            of(instance).m_isOver = isOn == 0;
        };
        device.write = [](SpiceCharDeviceInstance *instance, const std::uint8_t *bytes, int count) {
            return int(of(instance).takeFromClients(
                {bytes, std::size_t(std::max(count, 0))}));
        };
        device.read = [](SpiceCharDeviceInstance *instance, std::uint8_t *room, int count) {
            return int(of(instance).giveToClients({room, std::size_t(std::max(count, 0))}));
        };
        device.event = [](SpiceCharDeviceInstance *, std::uint8_t) {};
        return device;
    }();
    return functions;
}

AgentChannel::AgentChannel(SpiceServer *server, PollLoop &loop, SizeWanted sizeWanted)
    : m_server(server)
    , m_loop(loop)
    , m_sizeWanted(std::move(sizeWanted))
{
    m_instance.self = this;
    m_instance.device.base.sif = &interface().base;
    m_instance.device.subtype = "vdagent";
    m_loop.add(this);
}

AgentChannel::~AgentChannel()
{
    disconnect();
    m_loop.remove(this);
}

void AgentChannel::connect(Fd stream)
{
    disconnect();
    m_stream = std::move(stream);
    if (!m_stream.isOpen())
        return;
    m_isAttached = spice_server_add_interface(m_server, &m_instance.device.base) == 0;
    m_isOver = !m_isAttached;
}

void AgentChannel::disconnect()
{
    if (std::exchange(m_isAttached, false))
        spice_server_remove_interface(&m_instance.device.base);
    m_stream.reset();
    m_isOver = false;
    m_maker = {};
    m_reader = {};
    m_sizeWish = {};
    m_toClients = {};
    m_toAgent = {};
}

std::size_t AgentChannel::takeFromClients(std::span<const std::uint8_t> bytes)
{
    if (m_toAgent.size() >= MaxWaiting)
        return 0;
    const std::size_t count = std::min(bytes.size(), MaxWaiting - m_toAgent.size());
    std::vector<std::uint8_t> messages;
    m_reader.add(bytes.first(count), messages);
    if (const auto size = m_sizeWish.add(messages, m_toAgent))
        m_sizeWanted(*size);
    send();
    return count;
}

std::size_t AgentChannel::giveToClients(std::span<std::uint8_t> room)
{
    const std::size_t count = std::min(room.size(), m_toClients.size());
    std::copy_n(m_toClients.begin(), count, room.begin());
    removeFirst(m_toClients, count);
    return count;
}

void AgentChannel::preparePoll(PollSet &set)
{
    if (m_isOver)
        disconnect();
    m_pollIndex = m_stream.isOpen()
        ? set.add(m_stream.get(),
                  short((m_toClients.size() < MaxWaiting ? POLLIN : 0)
                        | (m_toAgent.empty() ? 0 : POLLOUT)))
        : -1;
}

void AgentChannel::handlePoll(const PollSet &set)
{
    const int came = set.revents(std::exchange(m_pollIndex, -1));
    if (came == 0 || m_isOver || !m_isAttached)
        return;
    const bool wasFull = m_toAgent.size() >= MaxWaiting;
    if ((came & POLLOUT) != 0)
        send();
    if ((came & (POLLIN | POLLHUP | POLLERR)) != 0)
        receive();
    if (!m_toClients.empty() || (wasFull && m_toAgent.size() < MaxWaiting))
        spice_server_char_device_wakeup(&m_instance.device);
}

void AgentChannel::receive()
{
    std::array<std::uint8_t, ReadBytes> bytes = {};
    const ssize_t count = ::recv(m_stream.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count > 0)
        m_maker.add(std::span(bytes).first(std::size_t(count)), m_toClients);
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        m_isOver = true;
}

void AgentChannel::send()
{
    if (m_isOver || m_toAgent.empty())
        return;
    const ssize_t count =
        ::send(m_stream.get(), m_toAgent.data(), m_toAgent.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0)
        removeFirst(m_toAgent, std::size_t(count));
    else if (errno != EAGAIN && errno != EINTR)
        m_isOver = true;
}

} // namespace engine::spice
