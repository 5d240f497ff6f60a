// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: queues 5.3.2, features 5.3.3, configuration 5.3.4, control messages 5.3.6.2.
#include "engine/devices/virtio/virtio_console.h"

#include <algorithm>
#include <array>
#include <utility>

namespace engine::virtio {

namespace {

constexpr std::uint16_t ConsoleDeviceType = 3;
constexpr std::uint32_t ConsoleClassCode = 0x078000; // other communication controller, as QEMU's

constexpr std::uint64_t FeatureMultiport = 1 << 1;

// struct virtio_console_config
constexpr std::size_t MaxPortsOffset = 4;
constexpr std::size_t ConsoleConfigBytes = 12;

constexpr unsigned ControlToGuest = 2;
constexpr unsigned ControlFromGuest = 3;

// struct virtio_console_control
constexpr std::size_t ControlBytes = 8;
enum ControlField : std::size_t { PortId = 0, EventField = 4, ValueField = 6 };

constexpr std::size_t ConsolePieceBytes = 4096;
// What is moved for one port before others on the loop have their turn.
constexpr unsigned MaxChainsInTurn = 64;
constexpr std::size_t MaxBytesInTurn = 1 << 20; // of a chain that names the same memory repeatedly

std::vector<std::uint16_t> consoleQueues(std::size_t ports)
{
    std::vector<std::uint16_t> sizes(2 * (ports + 2), VirtioConsole::DataQueueSize);
    sizes[ControlToGuest] = VirtioConsole::ControlQueueSize;
    sizes[ControlFromGuest] = VirtioConsole::ControlQueueSize;
    return sizes;
}

// The next chain; when there is none the driver tells of the next.
std::optional<Chain> popOrWait(Virtqueue &ring)
{
    std::optional<Chain> chain = ring.pop();
    if (chain)
        return chain;
    ring.setNotified(true);
    return ring.pop(); // one that came in between
}

} // namespace

enum class VirtioConsole::ControlEvent : std::uint16_t {
    DeviceReady = 0,
    PortAdd = 1,
    PortReady = 3,
    PortOpen = 6,
    PortName = 7,
};

VirtioConsole::VirtioConsole(std::string name, std::vector<ConsolePort> ports, PollLoop *loop)
    : VirtioPci(std::move(name),
                {.deviceType = ConsoleDeviceType,
                 .classCode = ConsoleClassCode,
                 .features = FeatureMultiport,
                 .queueSizes = consoleQueues(ports.size()),
                 .configBytes = ConsoleConfigBytes},
                loop)
{
    check(!ports.empty() && ports.size() <= MaxPorts, "a console has 1 to 30 ports");
    storeLe(&deviceConfig()[MaxPortsOffset], std::uint32_t(ports.size() + 1));
    for (ConsolePort &port : ports)
        m_ports.push_back({.what = std::move(port)});
    for (Port &port : m_ports) {
        port.what.backend->setWake([this] {
            if (PollLoop *const io = this->loop())
                io->post([this] { lookAgain(); });
        });
    }
}

VirtioConsole::~VirtioConsole()
{
    for (Port &port : m_ports)
        port.what.backend->setWake({});
    leaveLoop();
}

// Life

void VirtioConsole::resetVirtio()
{
    for (Port &port : m_ports) {
        setGuestOpen(port, false);
        port.what.backend->reset();
        port = {.what = std::move(port.what)};
    }
}

void VirtioConsole::runningChanged(bool isNowRunning)
{
    if (isNowRunning)
        pump();
}

void VirtioConsole::lookAgain()
{
    const std::lock_guard guard(lock());
    kick(ControlToGuest); // which also joins the loop
    pump();
}

void VirtioConsole::prepareLoop(PollSet &set)
{
    const std::lock_guard guard(lock());
    for (std::size_t i = 0; i < m_ports.size(); ++i)
        m_ports[i].what.backend->preparePoll(set, wantsInput(i));
}

void VirtioConsole::handleLoop(const PollSet &set)
{
    const std::lock_guard guard(lock());
    bool hasNews = false;
    for (Port &port : m_ports)
        hasNews = port.what.backend->handlePoll(set) || hasNews;
    if (hasNews)
        pump();
}

void VirtioConsole::pump()
{
    sendControl();
    for (std::size_t i = 0; i < m_ports.size(); ++i) {
        if (!fillGuest(i))
            kick(unsigned(toGuestQueue(i)));
        if (!drainGuest(i))
            kick(unsigned(fromGuestQueue(i)));
    }
}

bool VirtioConsole::processQueue(unsigned index)
{
    if (index == ControlFromGuest)
        return takeControl();
    if (index == ControlToGuest) {
        sendControl();
        return true;
    }
    const std::size_t pair = index / 2;
    if (pair >= 2)
        return index % 2 == 0 ? fillGuest(pair - 2) : drainGuest(pair - 2);
    // Port 0: nobody listens, and nothing comes.
    Virtqueue &ring = queue(index);
    bool isDone = index % 2 == 0;
    for (unsigned i = 0; i < MaxChainsInTurn && !isDone; ++i) {
        if (const std::optional<Chain> chain = popOrWait(ring))
            ring.push(chain->head, 0);
        else
            isDone = true;
    }
    finish(index);
    return isDone;
}

// Control

bool VirtioConsole::takeControl()
{
    Virtqueue &ring = queue(ControlFromGuest);
    bool isDone = false;
    for (unsigned i = 0; i < MaxChainsInTurn && !isDone; ++i) {
        const std::optional<Chain> chain = popOrWait(ring);
        isDone = !chain;
        if (isDone)
            break;
        std::array<std::uint8_t, ControlBytes> raw = {};
        const bool isWhole = copyFrom(chain->readable, 0, raw) == raw.size();
        ring.push(chain->head, 0);
        if (isWhole)
            handleControl(loadLe<std::uint32_t>(&raw[PortId]),
                          loadLe<std::uint16_t>(&raw[EventField]),
                          loadLe<std::uint16_t>(&raw[ValueField]));
    }
    finish(ControlFromGuest);
    sendControl();
    return isDone;
}

void VirtioConsole::handleControl(std::uint32_t id, std::uint16_t event, std::uint16_t value)
{
    if (event == std::uint16_t(ControlEvent::DeviceReady)) {
        for (Port &port : m_ports)
            port.mustAdd = value == 1;
        return;
    }
    if (id == 0 || id > m_ports.size())
        return;
    Port &port = m_ports[id - 1];
    if (event == std::uint16_t(ControlEvent::PortReady)) {
        port.isReady = value == 1;
        port.mustName = port.isReady;
        port.isToldOpen = false; // a new device file knows nothing
        port.mustClose = false;
    } else if (event == std::uint16_t(ControlEvent::PortOpen)) {
        setGuestOpen(port, value != 0);
        kick(unsigned(toGuestQueue(id - 1)));
    }
}

void VirtioConsole::setGuestOpen(Port &port, bool isOpen)
{
    if (isOpen != std::exchange(port.isGuestOpen, isOpen))
        port.what.backend->setGuestOpen(isOpen);
}

void VirtioConsole::sendControl()
{
    for (std::size_t i = 0; i < m_ports.size(); ++i) {
        Port &port = m_ports[i];
        PortBackend &backend = *port.what.backend;
        if (backend.takeBreak())
            port.mustClose = port.isToldOpen;
        if (!isLive() || !queue(ControlToGuest).isEnabled())
            continue;
        if (port.mustAdd && sendControl(i, ControlEvent::PortAdd, 1))
            port.mustAdd = false;
        if (!port.isReady)
            continue;
        if (port.mustName && sendControl(i, ControlEvent::PortName, 1, port.what.name))
            port.mustName = false;
        if (port.mustName)
            continue;
        if (port.isToldOpen && (port.mustClose || !backend.isOpen())
            && sendControl(i, ControlEvent::PortOpen, 0)) {
            port.isToldOpen = false;
            port.mustClose = false;
        }
        if (!port.isToldOpen && backend.isOpen() && sendControl(i, ControlEvent::PortOpen, 1))
            port.isToldOpen = true;
    }
    finish(ControlToGuest);
}

bool VirtioConsole::sendControl(std::size_t port, ControlEvent event, std::uint16_t value,
                                const std::string &text)
{
    Virtqueue &ring = queue(ControlToGuest);
    const std::optional<Chain> chain = popOrWait(ring);
    if (!chain)
        return false;
    std::vector<std::uint8_t> message(ControlBytes);
    storeLe(&message[PortId], std::uint32_t(port + 1));
    storeLe(&message[EventField], std::uint16_t(event));
    storeLe(&message[ValueField], value);
    message.insert(message.end(), text.begin(), text.end());
    if (!text.empty())
        message.push_back(0); // as QEMU; drivers take it or leave it
    ring.push(chain->head, copyTo(chain->writable, 0, message));
    return true;
}

// Data

bool VirtioConsole::wantsInput(std::size_t port) const
{
    const Virtqueue &ring = queue(unsigned(toGuestQueue(port)));
    return isLive() && m_ports[port].isGuestOpen && ring.isEnabled() && ring.hasAvailable();
}

// False: there may be more.
bool VirtioConsole::fillGuest(std::size_t port)
{
    const auto index = unsigned(toGuestQueue(port));
    Virtqueue &ring = queue(index);
    bool isDone = false;
    for (unsigned i = 0; i < MaxChainsInTurn && !isDone && wantsInput(port); ++i) {
        const std::optional<Chain> chain = ring.pop();
        if (!chain)
            break;
        std::array<std::uint8_t, ConsolePieceBytes> piece;
        const auto room = std::size_t(std::min<std::uint64_t>(chain->writableBytes, piece.size()));
        const std::size_t count =
            room == 0 ? 0 : m_ports[port].what.backend->read(std::span(piece).first(room));
        if (room != 0 && count == 0)
            ring.unpop();
        else
            ring.push(chain->head, copyTo(chain->writable, 0, std::span(piece).first(count)));
        isDone = room != 0 && count == 0;
    }
    finish(index);
    if (isLive() && !ring.hasAvailable())
        ring.setNotified(true); // what came in between is seen right below
    return isDone || !wantsInput(port);
}

// False: there may be more that the backend would take.
bool VirtioConsole::drainGuest(std::size_t port)
{
    const auto index = unsigned(fromGuestQueue(port));
    Virtqueue &ring = queue(index);
    Port &state = m_ports[port];
    if (!isLive() || !ring.isEnabled())
        return true;
    bool isDone = false;
    std::size_t moved = 0;
    for (unsigned i = 0; i < MaxChainsInTurn && moved < MaxBytesInTurn && !isDone; ++i) {
        const std::optional<Chain> chain = popOrWait(ring);
        isDone = !chain;
        if (isDone)
            break;
        while (state.what.backend->isOpen() && !isDone && moved < MaxBytesInTurn
               && state.sent < chain->readableBytes) {
            std::array<std::uint8_t, ConsolePieceBytes> piece;
            const std::size_t count = copyFrom(chain->readable, state.sent, piece);
            const std::size_t taken =
                std::min(state.what.backend->write(std::span(piece).first(count)), count);
            state.sent += taken;
            moved += taken;
            isDone = taken < count || count == 0;
        }
        if (state.what.backend->isOpen() && state.sent < chain->readableBytes) {
            ring.unpop(); // with what was taken remembered
        } else {
            ring.push(chain->head, 0);
            state.sent = 0;
        }
    }
    finish(index);
    return isDone;
}

void VirtioConsole::serializeVirtio(StateArchive &archive, std::uint32_t)
{
    auto count = std::uint32_t(m_ports.size());
    archive.value(count);
    if (archive.isLoading() && !archive.hasFailed() && count != m_ports.size())
        archive.fail("it has " + std::to_string(count) + " ports");
    for (Port &port : m_ports) {
        bool isGuestOpen = port.isGuestOpen;
        archive.value(port.isReady);
        archive.value(isGuestOpen);
        archive.value(port.mustAdd);
        archive.value(port.mustName);
        archive.value(port.mustClose);
        archive.value(port.isToldOpen);
        archive.value(port.sent);
        port.what.backend->serialize(archive);
        if (archive.isLoading() && !archive.hasFailed())
            setGuestOpen(port, isGuestOpen);
    }
}

} // namespace engine::virtio
