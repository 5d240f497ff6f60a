// SPDX-License-Identifier: GPL-3.0-or-later
// The agents in the guest: qemu-guest-agent, whose commands this process gives, and spice-vdagent,
// which speaks with the machine's window. Each has a port of a virtio console, whose host's end is
// one half of a pair of sockets.
#include "engine/base/log.h"
#include "engine/drivers/guest_agent.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/host/vdagent_protocol.h"
#include "engine/vmm/port_backends/vdagent_port.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace engine {

namespace {

// The other half is the answer.
Result<Fd> connectPort(StreamPort &port)
{
    std::array<int, 2> ends = {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
        return Error(ErrorKind::Io, std::strerror(errno));
    Fd ours(ends[0]);
    port.connect(Fd(ends[1]));
    return ours;
}

} // namespace

void KvmDriver::makeAgents()
{
    if (!m_hasAgentPorts)
        return;
    m_agentPort = std::make_shared<PlainPort>();
    m_desktopPort = std::make_shared<VdagentPort>();
    m_plan.config.ports = {{vdagent::PortName, m_desktopPort}, {GuestAgentPort, m_agentPort}};
    m_agent = std::make_unique<GuestAgent>([port = m_agentPort] { return connectPort(*port); });
    // The driver lives longer than the Vm that calls.
    const auto listener = [this](void (KvmDriver::*changed)(bool)) {
        return [this, changed](bool isOpen) {
            QMetaObject::invokeMethod(
                this, [this, changed, isOpen] { (this->*changed)(isOpen); }, Qt::QueuedConnection);
        };
    };
    m_agentPort->setGuestListener(listener(&KvmDriver::agentPortChanged));
    m_desktopPort->setGuestListener(listener(&KvmDriver::desktopPortChanged));
}

void KvmDriver::agentPortChanged(bool isOpen)
{
    if (m_end)
        return;
    log(LogLevel::Info, "kvm",
        isOpen ? "the guest's agent is there" : "the guest's agent has ended");
    m_agent->setPortOpen(isOpen);
}

void KvmDriver::desktopPortChanged(bool isOpen)
{
    if (m_end)
        return;
    log(LogLevel::Info, "kvm",
        isOpen ? "the agent of the guest's desktop is there"
               : "the agent of the guest's desktop has ended");
    if (!isOpen) {
        m_hub.setAgent({});
        return;
    }
    m_hub.setAgent([port = m_desktopPort]() -> Fd {
        Result<Fd> stream = connectPort(*port);
        if (stream)
            return std::move(*stream);
        log(LogLevel::Warning, "kvm",
            "the agent of the guest's desktop cannot be reached: " + stream.error().text());
        return {};
    });
}

void KvmDriver::endAgents()
{
    m_hub.setAgent({});
    if (m_agent)
        m_agent->setPortOpen(false);
}

} // namespace engine
