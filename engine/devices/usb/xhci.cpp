// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1: reset 4.2, interrupts 4.17, ports 4.19, controller errors 4.24.
#include "engine/devices/usb/xhci.h"

#include "engine/base/log.h"

#include <algorithm>
#include <utility>

namespace engine {

using namespace xhci;

namespace {

constexpr std::uint16_t VendorId = 0x1b36;
constexpr std::uint16_t DeviceId = 0x000d;
constexpr std::uint32_t ClassCode = 0x0c0330;
constexpr std::size_t SerialBusRelease = 0x60; // 5.2.3 SBRN
constexpr std::size_t FrameLength = 0x61; // 5.2.4 FLADJ
// TRBs in one go: a guest's ring without an end keeps the loop to itself no longer than this.
constexpr unsigned WorkBudget = 512;
constexpr int DirectRounds = 16; // where there is no loop to come back from
constexpr std::size_t MaxWaitingEvents = 8192;

} // namespace

Xhci::Xhci(GuestClock &clock, PollLoop *loop)
    : PciFunction("xhci",
                  {.vendorId = VendorId,
                   .deviceId = DeviceId,
                   .classCode = ClassCode,
                   .revision = 1,
                   .interruptPin = 1})
    , m_clock(clock)
    , m_loop(loop)
{
    for (unsigned i = 0; i < PortCount; ++i)
        m_ports.emplace_back(i < PortPairs ? Port::Kind::Usb2 : Port::Kind::Usb3);
    m_link->controller = this;
    config()[SerialBusRelease] = 0x30;
    config()[FrameLength] = 0x20;
    configMask()[FrameLength] = 0x3f;
    defineBar(Bar, BarKind::Memory64, BarBytes);
    addMsix(1, Bar, MsixTable, MsixPending);
}

Xhci::~Xhci()
{
    {
        const std::lock_guard guard(m_link->mutex);
        m_link->controller = nullptr;
    }
    leaveLoop();
    m_bells.place(connections().doorbells, {});
    for (unsigned port = 1; port <= PortCount; ++port)
        cancelPort(port, false);
}

// Life

void Xhci::resetFunction()
{
    resetController();
}

void Xhci::resetController()
{
    hearBells(); // what was rung ends with the rest
    for (unsigned port = 1; port <= PortCount; ++port)
        cancelPort(port, false);
    m_command = 0;
    m_status = StatusHalted;
    m_notifications = 0;
    m_config = 0;
    m_contexts = 0;
    m_commandRing = {};
    m_isCommandRingRunning = false;
    m_isCommandDoorbellRung = false;
    m_startedAt = {};
    m_eventRing.reset();
    m_management = 0;
    m_moderation = 4000;
    m_isHandlerBusy = false;
    m_waitingEvents.clear();
    m_slots = {};
    m_rung.clear();
    m_areBellsStale = true;
    m_replugged = 0;
    for (Port &port : m_ports)
        port.reset();
    if (!isMsixEnabled())
        setInterrupt(false);
    kick();
}

bool Xhci::isIdle() const
{
    const auto isPortIdle = [](const Port &port) {
        return !port.backend() || port.backend()->isIdle();
    };
    return !m_bells.isAnyRung() && std::ranges::all_of(m_ports, isPortIdle);
}

void Xhci::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    for (Port &port : m_ports)
        if (port.backend())
            port.backend()->setRunning(isRunning);
    if (!isRunning)
        return hearBells();
    // What is in the rings may be from before a saved state.
    for (unsigned slot = 1; slot <= SlotCount; ++slot)
        for (unsigned i = 1; i < EndpointCount; ++i) {
            Endpoint &endpoint = m_slots[slot].endpoints[i];
            if (endpoint.state != EndpointState::Running)
                continue;
            const std::span<Ring> rings = endpoint.rings();
            for (unsigned stream = 0; stream < rings.size(); ++stream)
                if (!endpoint.hasStreams() || (rings[stream].isKnown && !rings[stream].isHeld))
                    ring(slot, i, stream);
        }
    const std::uint32_t replugged = std::exchange(m_replugged, 0);
    for (unsigned i = 0; i < PortCount; ++i)
        if ((replugged >> i & 1) != 0)
            tellPort(i + 1, PortConnectChange);
    kick();
}

bool Xhci::isGoing() const
{
    return m_isRunning && (m_command & CommandRun) != 0
        && (m_status & (StatusSystemError | StatusControllerError)) == 0 && dma() != nullptr;
}

// Nothing goes on until software resets the controller.
void Xhci::fail(std::uint32_t statusBits, const char *reason)
{
    log(LogLevel::Debug, "xhci", std::string("the controller stops: ") + reason);
    m_status |= statusBits | StatusHalted;
    m_isCommandRingRunning = false;
}

void Xhci::kick()
{
    if (m_isWorking || m_isKicked)
        return;
    if (!m_loop) {
        for (int i = 0; i < DirectRounds; ++i) {
            m_isKicked = false;
            work();
            if (!m_isKicked)
                break;
        }
        m_isKicked = false;
        return;
    }
    m_isKicked = true;
    m_loop->post([link = m_link] {
        const std::lock_guard guard(link->mutex);
        if (!link->controller)
            return;
        const std::lock_guard device(link->controller->lock());
        link->controller->m_isKicked = false;
        link->controller->work();
    });
}

void Xhci::work()
{
    updateBells();
    flushEvents(false);
    if (!isGoing() || !m_waitingEvents.empty())
        return;
    m_isWorking = true;
    unsigned budget = WorkBudget;
    hearBells();
    bool isDone = processCommands(budget);
    updateBells();
    // In their order: a disk's command comes after what is there for its answer.
    for (const Rung &each : std::exchange(m_rung, {}))
        processEndpoint(each, budget);
    m_isWorking = false;
    // Who ran out of the budget has rung again; who waits for others' memory rings when it is free.
    isDone = isDone && (budget != 0 || m_rung.empty());
    if (isDone || !isGoing() || !m_waitingEvents.empty())
        return;
    if (m_loop)
        kick();
    else
        m_isKicked = true;
}

// Ports

void Xhci::tellPort(unsigned port, std::uint32_t changes)
{
    if (changes == 0)
        return;
    m_status |= StatusPortChange;
    if ((m_command & CommandRun) != 0)
        postEvent({.parameter = std::uint64_t(port) << 24,
                   .status = std::uint32_t(Completion::Success) << 24,
                   .control = std::uint32_t(TrbPortEvent) << 10});
}

std::optional<unsigned> Xhci::plug(std::shared_ptr<UsbBackend> backend, unsigned from)
{
    const std::lock_guard guard(lock());
    for (unsigned i = from; i < PortPairs; ++i) {
        if (m_ports[i].backend() || m_ports[i + PortPairs].backend())
            continue;
        const unsigned port = backend->speed() == UsbLinkSpeed::Super ? i + PortPairs + 1 : i + 1;
        backend->setRunning(m_isRunning);
        tellPort(port, m_ports[port - 1].plug(std::move(backend)));
        return i;
    }
    return {};
}

std::shared_ptr<UsbBackend> Xhci::unplug(unsigned connector)
{
    const std::lock_guard guard(lock());
    for (const unsigned port : {connector + 1, connector + PortPairs + 1}) {
        if (connector >= PortPairs || !m_ports[port - 1].backend())
            continue;
        std::shared_ptr<UsbBackend> backend = m_ports[port - 1].owner();
        cancelPort(port, true);
        tellPort(port, m_ports[port - 1].unplug());
        return backend;
    }
    return nullptr;
}

// Interrupts

void Xhci::postEvent(const Trb &event, bool isQuiet)
{
    if (m_waitingEvents.size() >= MaxWaitingEvents)
        return fail(StatusControllerError, "nobody takes its events");
    m_waitingEvents.push_back(event);
    flushEvents(isQuiet);
}

void Xhci::flushEvents(bool isQuiet)
{
    const GuestMemory *const memory = dma();
    bool isAnyNew = false;
    while (memory && !m_waitingEvents.empty()) {
        const EventRing::Put put = m_eventRing.put(*memory, m_waitingEvents.front());
        if (put == EventRing::Put::Full)
            break;
        m_waitingEvents.pop_front();
        if (put == EventRing::Put::NoMemory) {
            fail(StatusSystemError, "its event ring is not in memory");
            return;
        }
        isAnyNew = true;
    }
    if (isAnyNew && !isQuiet)
        raiseInterrupt();
}

// 4.17.2: while software handles events (EHB) it is not told of more; when it says that it is done
// and they are not, it is told again.
void Xhci::raiseInterrupt()
{
    if (m_isHandlerBusy)
        return;
    m_isHandlerBusy = true;
    m_management |= ManagementPending;
    m_status |= StatusEvent;
    deliverInterrupt();
}

void Xhci::deliverInterrupt()
{
    const bool isWanted = (m_management & ManagementPending) != 0
        && (m_management & ManagementEnable) != 0 && (m_command & CommandInterrupts) != 0;
    if (!isMsixEnabled()) {
        setInterrupt(isWanted);
        return;
    }
    if (!isWanted)
        return;
    m_management &= ~std::uint32_t(ManagementPending); // 4.17.5
    sendMsix(0);
}

void Xhci::configWritten(std::uint32_t, unsigned)
{
    deliverInterrupt(); // MSI-X may have been switched, DMA allowed
}

// Doorbells are where the registers are. The event ring's dequeue pointer is written in two halves
// on every interrupt, of which the first does nothing that could not wait for the second (5.1: low,
// then high).
void Xhci::barMapped(unsigned bar, bool isMapped)
{
    if (bar != Bar)
        return;
    placeDoorbells(isMapped ? std::optional(barAddress(Bar) + DoorbellBase) : std::nullopt);
    MemoryMapper *const mapper = connections().mapper;
    if (!mapper)
        return;
    if (m_gathered)
        mapper->setCoalesced(*m_gathered, sizeof(std::uint32_t), false);
    m_gathered.reset();
    if (!isMapped)
        return;
    m_gathered = barAddress(Bar) + RtDequeueLow;
    mapper->setCoalesced(*m_gathered, sizeof(std::uint32_t), true);
}

std::uint64_t Xhci::readRegion(unsigned bar, std::uint64_t offset, unsigned size)
{
    if (bar != Bar)
        return ~std::uint64_t(0);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size;) {
        const std::uint64_t at = offset + i;
        const unsigned shift = unsigned(at % 4) * 8;
        value |= std::uint64_t(readRegister(at & ~std::uint64_t(3)) >> shift) << (8 * i);
        i += 4 - unsigned(at % 4);
    }
    return value & maskOfBytes(size);
}

// Registers are dwords and qwords (5.1): narrower writes are none.
void Xhci::writeRegion(unsigned bar, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (bar != Bar || size < 4 || offset % 4 != 0)
        return;
    writeRegister(offset, std::uint32_t(value));
    if (size == 8)
        writeRegister(offset + 4, std::uint32_t(value >> 32));
}

} // namespace engine
