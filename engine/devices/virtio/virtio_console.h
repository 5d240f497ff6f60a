// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio console with several ports (VIRTIO 1.1, 5.3), by which programs of the host speak with
// agents in the guest. Linux shows a port as /dev/virtio-ports/NAME, Windows' vioserial as
// \\.\Global\NAME.
//
// Port 0 is what a driver without the multiport feature has; here it leads nowhere, as in QEMU,
// where it is for a console. The ports proper have the ids 1, 2 and so on.
//
// Nothing is kept for the guest but flags: data waits in the backend until there is a buffer, and
// what a backend does not take waits in the guest's ring.
//
// Threads: as VirtioPci on the machine's io thread.
#pragma once

#include "engine/devices/virtio/virtio_pci.h"
#include "engine/host/port_backend.h"

#include <memory>
#include <string>
#include <vector>

namespace engine::virtio {

struct ConsolePort
{
    std::string name;
    std::shared_ptr<PortBackend> backend;
};

class VirtioConsole final : public VirtioPci
{
public:
    static constexpr std::uint16_t DataQueueSize = 128;
    static constexpr std::uint16_t ControlQueueSize = 32;
    static constexpr std::size_t MaxPorts = 30;

    VirtioConsole(std::string name, std::vector<ConsolePort> ports, PollLoop *loop);
    ~VirtioConsole() override;

    // Looks at the backends again: what a backend's wake function does by way of the loop.
    void lookAgain();

private:
    struct Port
    {
        ConsolePort what;
        bool isReady = false; // the driver has made its device file
        bool isGuestOpen = false;
        // What the driver has still to be told, in this order.
        bool mustAdd = false;
        bool mustName = false;
        bool mustClose = false; // before it is open again
        bool isToldOpen = false; // the host's end, as the driver knows it
        std::uint64_t sent = 0; // bytes of the chain at the head of the ring that were taken
    };
    enum class ControlEvent : std::uint16_t;

    bool processQueue(unsigned index) override;
    void prepareLoop(PollSet &set) override;
    void handleLoop(const PollSet &set) override;
    void resetVirtio() override;
    void runningChanged(bool isRunning) override;
    void serializeVirtio(StateArchive &archive, std::uint32_t version) override;

    static std::size_t toGuestQueue(std::size_t port) { return 2 * (port + 2); }
    static std::size_t fromGuestQueue(std::size_t port) { return 2 * (port + 2) + 1; }

    bool takeControl();
    void handleControl(std::uint32_t id, std::uint16_t event, std::uint16_t value);
    void sendControl();
    bool sendControl(std::size_t port, ControlEvent event, std::uint16_t value,
                     const std::string &text = {});
    void setGuestOpen(Port &port, bool isOpen);
    bool wantsInput(std::size_t port) const;
    bool fillGuest(std::size_t port);
    bool drainGuest(std::size_t port);
    void pump();

    std::vector<Port> m_ports;
};

} // namespace engine::virtio
