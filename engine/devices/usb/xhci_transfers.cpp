// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1: transfer descriptors 3.2 and 4.11, endpoint states 4.8.3. What is done with what a
// device answers is in xhci_answers.cpp.
#include "engine/devices/usb/xhci.h"

#include <algorithm>
#include <utility>

namespace engine {

using namespace xhci;

namespace {

// Links included: a TD that is longer is one that never ends. Linux' longest is of 2048 pieces,
// each of a block of its own (SG_MAX_SEGMENTS), and has a link each 255.
constexpr unsigned MaxTdTrbs = 4096;
// Transfers of a stream that a device has at once: the one that moves and the one behind it.
constexpr unsigned StreamDepth = 2;

UsbTransferKind kindOf(std::uint8_t type)
{
    switch (type) {
    case EndpointIsochronousOut:
    case EndpointIsochronousIn:
        return UsbTransferKind::Isochronous;
    case EndpointBulkOut:
    case EndpointBulkIn:
        return UsbTransferKind::Bulk;
    case EndpointInterruptOut:
    case EndpointInterruptIn:
        return UsbTransferKind::Interrupt;
    default:
        return UsbTransferKind::Control;
    }
}

UsbSetup setupOf(const xhci::Trb &trb)
{
    const std::uint64_t raw = trb.parameter;
    return {.requestType = std::uint8_t(raw),
            .request = std::uint8_t(raw >> 8),
            .value = std::uint16_t(raw >> 16),
            .index = std::uint16_t(raw >> 32),
            .length = std::uint16_t(raw >> 48)};
}

} // namespace

UsbBackend *Xhci::backendOf(const Slot &slot) const
{
    if (slot.port == 0)
        return nullptr;
    const Port &port = m_ports[slot.port - 1u];
    return port.isEnabled() ? port.backend() : nullptr;
}

void Xhci::processEndpoint(const Rung &rung, unsigned &budget)
{
    Slot &slot = m_slots[rung.slot];
    Endpoint &endpoint = slot.endpoints[rung.endpoint];
    const std::uint32_t bit = 1u << rung.stream;
    if ((std::exchange(endpoint.rung, endpoint.rung & ~bit) & bit) == 0)
        return; // stopped since, or another one now
    const GuestMemory *const memory = dma();
    Ring *const ring = endpoint.find(rung.stream);
    if (!memory || !ring
        || (endpoint.state != EndpointState::Running && endpoint.state != EndpointState::Stopped))
        return;
    if (endpoint.state == EndpointState::Stopped) {
        endpoint.state = EndpointState::Running;
        showEndpoint(*memory, slot, rung.endpoint);
    }
    if (endpoint.hasStreams()) {
        if (const std::optional<Completion> code =
                readStream(*memory, *ring, endpoint, rung.stream)) {
            cancelWorks(slot, endpoint);
            postTransferEvent(rung.slot, rung.endpoint, {}, *code, 0);
            return halt(rung.slot, rung.endpoint, EndpointState::Halted);
        }
        if (ring->isHeld) {
            if (budget == 0 || !m_waitingEvents.empty())
                return this->ring(rung.slot, rung.endpoint, rung.stream);
            resumeRing(*memory, rung, *ring, budget);
        }
    }
    processRing(rung, *ring, budget);
}

// What the device has is given up from where the guest has changed it.
void Xhci::resumeRing(const GuestMemory &memory, const Rung &rung, Ring &ring, unsigned &budget)
{
    const Slot &slot = m_slots[rung.slot];
    const Endpoint &endpoint = slot.endpoints[rung.endpoint];
    ring.isHeld = false;
    RingPosition at = ring.dequeue;
    auto work = ring.works.begin();
    for (; work != ring.works.end(); ++work) {
        Work now;
        now.end = at;
        std::size_t bytes = 0;
        if (gather(memory, endpoint, now, bytes, budget) != Gathered::Work
            || now.trbs != work->trbs)
            break;
        at = now.end;
    }
    for (auto each = work; each != ring.works.end(); ++each)
        cancel(slot, *each);
    if (work != ring.works.end())
        ring.next = at;
    ring.works.erase(work, ring.works.end());
    retire(rung.slot, rung.endpoint, ring);
}

void Xhci::processRing(const Rung &rung, Ring &ring, unsigned &budget)
{
    const unsigned slotId = rung.slot;
    const unsigned endpointId = rung.endpoint;
    Slot &slot = m_slots[slotId];
    Endpoint &endpoint = slot.endpoints[endpointId];
    const GuestMemory *const memory = dma();
    if (!memory)
        return;
    UsbBackend *const backend = backendOf(slot);
    unsigned depth = backend && endpointId != 1 ? backend->queueDepth() : 1;
    if (endpoint.hasStreams())
        depth = std::min(depth, StreamDepth);
    while (endpoint.state == EndpointState::Running && ring.works.size() < depth) {
        if (budget == 0 || !m_waitingEvents.empty())
            return this->ring(slotId, endpointId, rung.stream);
        Work work;
        work.stream = rung.stream;
        work.end = ring.next;
        std::size_t bytes = 0;
        switch (gather(*memory, endpoint, work, bytes, budget)) {
        case Gathered::Nothing:
            return;
        case Gathered::Error: {
            xhci::Trb at =
                work.trbs.empty() ? xhci::Trb{.address = ring.next.address} : work.trbs.back();
            cancelWorks(slot, endpoint);
            postTransferEvent(slotId, endpointId, at, Completion::TrbError, 0);
            halt(slotId, endpointId, EndpointState::Error);
            return;
        }
        case Gathered::Work:
            break;
        }
        if (!begin(*memory, slotId, endpointId, std::move(work), bytes))
            return;
    }
}

// The next thing to do in the ring, whole or not at all: a TD, a control transfer's two or three,
// or a no-op.
Xhci::Gathered Xhci::gather(const GuestMemory &memory, const Endpoint &endpoint, Work &work,
                            std::size_t &bytes, unsigned &budget) const
{
    const bool isControl = endpoint.type == EndpointControl;
    bool isInside = false; // of a TD
    for (unsigned count = 0; count < MaxTdTrbs; ++count) {
        Trb trb;
        switch (fetch(memory, work.end, trb)) {
        case Fetched::Nothing:
            return Gathered::Nothing;
        case Fetched::NoMemory:
            return Gathered::Error;
        case Fetched::Trb:
            break;
        }
        budget -= budget > 0 ? 1 : 0;
        if (trb.type() == TrbLink) {
            work.end.follow(trb);
            continue;
        }
        work.trbs.push_back(trb);
        if (trb.isData())
            bytes += trb.length();
        if (bytes > MaxTransferBytes)
            return Gathered::Error;
        const bool isFirst = work.trbs.size() == 1;
        bool isKnown = false;
        if (trb.type() == TrbNoOp || trb.type() == TrbEventData)
            isKnown = true;
        else if (isControl)
            isKnown = trb.type() == TrbSetup ? isFirst
                                             : !isFirst
                    && (trb.type() == TrbData || trb.type() == TrbNormal
                        || trb.type() == TrbStatus);
        else if (isIsochronous(endpoint.type))
            isKnown = isFirst ? trb.type() == TrbIsochronous : trb.type() == TrbNormal;
        else
            isKnown = trb.type() == TrbNormal;
        if (!isKnown)
            return Gathered::Error;
        isInside = trb.has(TrbChain);
        if (isInside)
            continue;
        if (!isControl || work.trbs.front().type() != TrbSetup)
            return Gathered::Work;
        const auto isStatus = [](const Trb &each) { return each.type() == TrbStatus; };
        if (std::any_of(work.trbs.begin(), work.trbs.end(), isStatus))
            return Gathered::Work;
    }
    return Gathered::Error;
}

// What goes to the device. False: what it sends is not in memory.
bool Xhci::fillTransfer(const GuestMemory &memory, unsigned endpointId, const Work &work,
                        UsbTransfer &transfer) const
{
    std::size_t at = 0;
    bool isIn = transfer.isToHost();
    for (const Trb &trb : work.trbs) {
        if (trb.type() == TrbSetup) {
            transfer.setup = setupOf(trb);
            isIn = (transfer.setup.requestType & UsbToHost) != 0;
            transfer.endpoint = isIn ? UsbToHost : std::uint8_t(0);
            // What the data stage has room for is what is asked for.
            if (transfer.data.size() > transfer.setup.length)
                transfer.data.resize(transfer.setup.length);
            continue;
        }
        if (!trb.isData())
            continue;
        const std::size_t count = std::min<std::size_t>(trb.length(), transfer.data.size() - at);
        const std::span<std::uint8_t> into = std::span(transfer.data).subspan(at, count);
        at += count;
        if (isIn || count == 0)
            continue;
        if (trb.has(TrbImmediate)) {
            if (count > sizeof trb.parameter)
                return false;
            std::memcpy(into.data(), &trb.parameter, count);
        } else if (!memory.read(trb.parameter, into)) {
            return false;
        }
    }
    if (endpointId == 1)
        transfer.setup.length = std::uint16_t(transfer.data.size());
    return true;
}

bool Xhci::begin(const GuestMemory &memory, unsigned slotId, unsigned endpointId, Work work,
                 std::size_t bytes)
{
    Slot &slot = m_slots[slotId];
    Endpoint &endpoint = slot.endpoints[endpointId];
    if (m_bytesInFlight != 0 && m_bytesInFlight + bytes > MaxBytesInFlight) {
        this->ring(slotId, endpointId, work.stream); // when something else is done
        return false;
    }
    Ring &ring = *endpoint.find(work.stream);
    auto transfer = std::make_shared<UsbTransfer>();
    transfer->kind = kindOf(endpoint.type);
    if (endpoint.type != EndpointControl)
        transfer->endpoint = addressOf(endpointId, endpoint.type);
    transfer->stream = std::uint16_t(work.stream);
    transfer->data.resize(bytes);
    work.id = ++m_lastWork;
    const bool isTransfer = std::any_of(work.trbs.begin(), work.trbs.end(), [](const Trb &trb) {
        return trb.isData() || trb.type() == TrbSetup;
    });
    const bool isFilled = !isTransfer || fillTransfer(memory, endpointId, work, *transfer);
    work.transfer = transfer;
    m_bytesInFlight += transfer->data.size();
    ring.next = work.end;
    UsbBackend *const backend = backendOf(slot);
    const std::uint64_t id = work.id;
    const unsigned stream = work.stream;
    work.isAnswered = !isTransfer || !isFilled || !backend;
    ring.works.push_back(std::move(work));
    if (!isFilled) {
        const Trb at = ring.works.back().trbs.back();
        cancelWorks(slot, endpoint);
        postTransferEvent(slotId, endpointId, at, Completion::DataBufferError, 0);
        halt(slotId, endpointId, EndpointState::Halted);
        return false;
    }
    if (isTransfer && !backend)
        transfer->outcome = UsbOutcome::Gone;
    if (ring.works.back().isAnswered) {
        retire(slotId, endpointId, ring);
        return true;
    }
    transfer->completed = [link = m_link, slotId, endpointId, stream, id](UsbTransfer &) {
        const std::lock_guard guard(link->mutex);
        if (!link->controller)
            return;
        const std::lock_guard device(link->controller->lock());
        link->controller->answered(slotId, endpointId, stream, id);
    };
    backend->submit(std::move(transfer));
    return true;
}

} // namespace engine
