// SPDX-License-Identifier: GPL-3.0-or-later
// Ports of agents in the guest, for programs of the host: a folder gets a socket for each,
// "guest-agent" (bytes as they are) and "desktop" (spice-vdagent's messages). The newest connection
// has the port; one that comes while the guest has not opened its end is closed at once.
#pragma once

#include "engine/base/fd.h"
#include "engine/vmm/port_backends/vdagent_port.h"
#include "engine/vmm/vm_config.h"

#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace tests {

class RunnerPorts final
{
public:
    RunnerPorts(const std::string &folder, engine::VmConfig &config)
    {
        add(config, engine::vdagent::PortName, folder + "/desktop",
            std::make_shared<engine::VdagentPort>());
        add(config, "org.qemu.guest_agent.0", folder + "/guest-agent",
            std::make_shared<engine::PlainPort>());
    }
    ~RunnerPorts()
    {
        for (const auto &one : m_listeners)
            ::shutdown(one->socket.get(), SHUT_RDWR); // ends accept()
        for (const auto &one : m_listeners)
            one->thread.join();
    }

private:
    struct Listener
    {
        engine::Fd socket;
        std::thread thread;
    };

    void add(engine::VmConfig &config, const char *name, const std::string &path,
             std::shared_ptr<engine::StreamPort> port)
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        engine::check(path.size() < sizeof address.sun_path, "the path is too long for a socket");
        std::memcpy(address.sun_path, path.c_str(), path.size());
        auto listener = std::make_unique<Listener>();
        listener->socket = engine::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        // The socket calls take any kind of address as a sockaddr.
        const int bound = ::bind(listener->socket.get(),
                                 reinterpret_cast<const sockaddr *>(&address), sizeof address);
        engine::check(bound == 0 && ::listen(listener->socket.get(), 4) == 0,
                      "the socket of a port cannot be made");
        config.ports.push_back({name, port});
        listener->thread = std::thread([socket = listener->socket.get(), port] {
            for (;;) {
                engine::Fd one(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
                if (!one.isOpen())
                    return;
                port->connect(std::move(one));
            }
        });
        m_listeners.push_back(std::move(listener));
    }

    std::vector<std::unique_ptr<Listener>> m_listeners;
};

} // namespace tests
