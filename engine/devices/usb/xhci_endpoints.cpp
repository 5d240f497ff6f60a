// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1: commands of endpoints 4.6.8 to 4.6.10 and their states 4.8.3; streams 4.12, whose
// contexts (6.2.4) are in one array, as there are no secondary ones. A stream's context is read
// when its doorbell is rung first, and written when the endpoint stops: 4.12.2.
#include "engine/devices/usb/xhci.h"

#include <utility>

namespace engine {

using namespace xhci;

namespace {

static_assert((2u << MaxStreamExponent) - 1 == MaxUsbStreams);

// 6.2.3, in the first word: what the array has, and that it is the only one.
unsigned streamExponent(std::span<const std::uint8_t> context)
{
    return loadLe<std::uint32_t>(&context[0]) >> 10 & 31;
}

bool isOneArray(std::span<const std::uint8_t> context)
{
    return (loadLe<std::uint32_t>(&context[0]) >> 15 & 1) != 0;
}

std::uint8_t typeOf(std::span<const std::uint8_t> context)
{
    return std::uint8_t((context[4] >> 3) & 7);
}

std::uint64_t arrayOf(std::span<const std::uint8_t> context)
{
    return loadLe<std::uint64_t>(&context[8]) & ~std::uint64_t(15);
}

RingPosition positionOf(std::uint64_t pointer)
{
    return {.address = pointer & ~std::uint64_t(15), .cycle = (pointer & 1) != 0};
}

std::uint64_t pointerTo(const RingPosition &position)
{
    return position.address | (position.cycle ? std::uint64_t(1) : 0u);
}

} // namespace

Xhci::Ring *Xhci::Endpoint::find(unsigned stream)
{
    if (!hasStreams())
        return stream == 0 ? &ring : nullptr;
    return stream != 0 && stream < streams.size() ? &streams[stream] : nullptr;
}

const Xhci::Work *Xhci::Endpoint::firstWork()
{
    for (const Ring &each : rings())
        if (!each.works.empty())
            return &each.works.front();
    return nullptr;
}

// What an endpoint that is configured asks for.
Xhci::Completion Xhci::checkStreams(const GuestMemory &memory, const Slot &slot,
                                    std::span<const std::uint8_t> context) const
{
    const unsigned exponent = streamExponent(context);
    if (exponent == 0)
        return Completion::Success;
    const std::uint8_t type = typeOf(context);
    if ((type != EndpointBulkIn && type != EndpointBulkOut) || exponent > MaxStreamExponent
        || !isOneArray(context)
        || !memory.contains(arrayOf(context), (2u << exponent) * StreamContextBytes))
        return Completion::ParameterError;
    const UsbBackend *const backend = backendOf(slot);
    return backend && backend->maxStreams() > 0 ? Completion::Success : Completion::ResourceError;
}

void Xhci::openEndpoint(Slot &slot, unsigned endpoint, std::span<const std::uint8_t> context)
{
    Endpoint &opened = slot.endpoints[endpoint];
    cancelWorks(slot, opened);
    m_areBellsStale = true;
    opened = {};
    opened.state = EndpointState::Running;
    opened.type = typeOf(context);
    if (const unsigned exponent = streamExponent(context); exponent != 0 && endpoint != 1) {
        opened.streamContexts = arrayOf(context);
        opened.streams.resize(2u << exponent);
        return;
    }
    opened.ring.dequeue = positionOf(loadLe<std::uint64_t>(&context[8]));
    opened.ring.next = opened.ring.dequeue;
}

void Xhci::closeEndpoint(Slot &slot, unsigned endpoint, std::vector<UsbStreams> &streams)
{
    Endpoint &closed = slot.endpoints[endpoint];
    cancelWorks(slot, closed);
    if (closed.hasStreams())
        streams.push_back({.endpoint = addressOf(endpoint, closed.type)});
    m_areBellsStale = m_areBellsStale || closed.state != EndpointState::Disabled;
    closed = {};
}

void Xhci::tellStreams(const Slot &slot, std::vector<UsbStreams> streams)
{
    UsbBackend *const backend = slot.port != 0 ? m_ports[slot.port - 1u].backend() : nullptr;
    if (backend && !streams.empty())
        backend->setStreams(std::move(streams));
}

// Why it is none.
std::optional<Xhci::Completion> Xhci::readStream(const GuestMemory &memory, Ring &ring,
                                                 const Endpoint &endpoint, unsigned stream)
{
    if (ring.isKnown)
        return {};
    const std::optional<std::uint64_t> pointer =
        memory.load<std::uint64_t>(endpoint.streamContexts + stream * StreamContextBytes);
    if (!pointer || (*pointer >> StreamTypeShift & StreamTypeMask) != PrimaryRing)
        return Completion::InvalidStreamType;
    ring.dequeue = positionOf(*pointer);
    ring.next = ring.dequeue;
    ring.isKnown = true;
    return {};
}

// The state, and where the controller is in the ring or rings. The guest's memory, the guest's
// loss.
void Xhci::showEndpoint(const GuestMemory &memory, const Slot &slot, unsigned endpoint)
{
    const Endpoint &shown = slot.endpoints[endpoint];
    const std::uint64_t at = slot.context + endpoint * ContextBytes;
    const std::optional<std::uint32_t> first = memory.load<std::uint32_t>(at);
    if (!first)
        return;
    bool isWritten = memory.store(at, (*first & ~7u) | std::uint32_t(shown.state));
    if (!shown.hasStreams()) {
        isWritten = isWritten && memory.store(at + 8, pointerTo(shown.ring.dequeue));
        return;
    }
    for (std::size_t i = 1; i < shown.streams.size() && isWritten; ++i)
        if (shown.streams[i].isKnown)
            isWritten =
                memory.store(shown.streamContexts + i * StreamContextBytes,
                             pointerTo(shown.streams[i].dequeue) | PrimaryRing << StreamTypeShift);
}

// Commands

Xhci::Completion Xhci::checkEndpoint(unsigned slot, unsigned endpoint) const
{
    if (endpoint == 0)
        return Completion::TrbError;
    return m_slots[slot].endpoints[endpoint].state == EndpointState::Disabled
        ? Completion::EndpointNotEnabled
        : Completion::Success;
}

Xhci::Completion Xhci::resetEndpoint(const GuestMemory &memory, unsigned slot, unsigned endpoint)
{
    if (const Completion code = checkEndpoint(slot, endpoint); code != Completion::Success)
        return code;
    Endpoint &reset = m_slots[slot].endpoints[endpoint];
    if (reset.state != EndpointState::Halted)
        return Completion::ContextStateError;
    reset.state = EndpointState::Stopped;
    reset.rung = 0; // while it was halted: nothing
    showEndpoint(memory, m_slots[slot], endpoint);
    return Completion::Success;
}

Xhci::Completion Xhci::stopEndpoint(const GuestMemory &memory, unsigned slot, unsigned endpoint)
{
    if (const Completion code = checkEndpoint(slot, endpoint); code != Completion::Success)
        return code;
    Endpoint &stopped = m_slots[slot].endpoints[endpoint];
    // 4.8.3: one that was rung runs, though nobody has looked yet.
    if (stopped.state != EndpointState::Running
        && (stopped.state != EndpointState::Stopped || stopped.rung == 0))
        return Completion::ContextStateError;
    if (const Work *const work = stopped.firstWork()) {
        // 4.6.9: where it stopped, of which nothing was moved
        const Trb &first = work->trbs.front();
        postTransferEvent(slot, endpoint, first, Completion::Stopped, first.length());
    }
    // 4.12.1: a driver stops them all to take one stream's back, and the others go on after it. So
    // the device keeps what it has, whose answers wait until the stream is rung again.
    if (stopped.hasStreams())
        for (Ring &each : stopped.streams)
            each.isHeld = !each.works.empty();
    else
        cancelWorks(m_slots[slot], stopped);
    stopped.rung = 0;
    stopped.state = EndpointState::Stopped;
    showEndpoint(memory, m_slots[slot], endpoint);
    return Completion::Success;
}

// 4.6.10, 6.4.3.9
Xhci::Completion Xhci::setDequeue(const GuestMemory &memory, const Trb &command, unsigned slot,
                                  unsigned endpoint)
{
    if (const Completion code = checkEndpoint(slot, endpoint); code != Completion::Success)
        return code;
    Endpoint &set = m_slots[slot].endpoints[endpoint];
    if (set.state != EndpointState::Stopped && set.state != EndpointState::Error)
        return Completion::ContextStateError;
    Ring *const ring = set.find(set.hasStreams() ? command.status >> 16 : 0);
    if (!ring)
        return Completion::TrbError;
    if (set.hasStreams() && (command.parameter >> StreamTypeShift & StreamTypeMask) != PrimaryRing)
        return Completion::InvalidStreamType;
    cancelRing(m_slots[slot], *ring);
    ring->dequeue = positionOf(command.parameter);
    ring->next = ring->dequeue;
    ring->isKnown = true;
    set.state = EndpointState::Stopped;
    showEndpoint(memory, m_slots[slot], endpoint);
    return Completion::Success;
}

} // namespace engine
