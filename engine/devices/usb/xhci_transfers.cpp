// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1: transfer descriptors 3.2 and 4.11, short packets 4.10.1.1, event data 4.11.5.2,
// endpoint states 4.8.3.
#include "engine/devices/usb/xhci.h"

#include <algorithm>
#include <utility>

namespace engine {

using namespace xhci;

namespace {

// Links included: a TD that is longer is one that never ends. Linux' longest is of 2048 pieces,
// each of a block of its own (SG_MAX_SEGMENTS), and has a link each 255.
constexpr unsigned MaxTdTrbs = 4096;

bool isDataTrb(const xhci::Trb &trb)
{
    return trb.type() == TrbNormal || trb.type() == TrbData || trb.type() == TrbIsochronous;
}

bool isIsochronous(std::uint8_t type)
{
    return type == EndpointIsochronousIn || type == EndpointIsochronousOut;
}

bool isToHost(std::uint8_t type)
{
    return type > EndpointControl;
}

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

Completion completionOf(UsbOutcome outcome)
{
    switch (outcome) {
    case UsbOutcome::Done:
        return Completion::Success;
    case UsbOutcome::Stalled:
        return Completion::Stall;
    case UsbOutcome::Babble:
        return Completion::Babble;
    case UsbOutcome::Failed:
    case UsbOutcome::Gone:
        return Completion::TransactionError;
    }
    return Completion::TransactionError;
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

void Xhci::processEndpoint(unsigned slotId, unsigned endpointId, unsigned &budget)
{
    Slot &slot = m_slots[slotId];
    Endpoint &endpoint = slot.endpoints[endpointId];
    const GuestMemory *const memory = dma();
    if (!memory
        || (endpoint.state != EndpointState::Running && endpoint.state != EndpointState::Stopped))
        return;
    if (endpoint.state == EndpointState::Stopped) {
        endpoint.state = EndpointState::Running;
        showEndpoint(*memory, slot, endpointId);
    }
    UsbBackend *const backend = backendOf(slot);
    const unsigned depth = backend && endpointId != 1 ? backend->queueDepth() : 1;
    while (endpoint.state == EndpointState::Running && endpoint.works.size() < depth) {
        if (budget == 0 || !m_waitingEvents.empty()) {
            slot.doorbells |= 1u << endpointId;
            return;
        }
        Work work;
        work.end = endpoint.next;
        std::size_t bytes = 0;
        switch (gather(*memory, endpoint, work, bytes, budget)) {
        case Gathered::Nothing:
            return;
        case Gathered::Error: {
            xhci::Trb at =
                work.trbs.empty() ? xhci::Trb{.address = endpoint.next.address} : work.trbs.back();
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
        if (isDataTrb(trb))
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
        if (!isDataTrb(trb))
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
        slot.doorbells |= 1u << endpointId; // when something else is done
        return false;
    }
    auto transfer = std::make_shared<UsbTransfer>();
    transfer->kind = kindOf(endpoint.type);
    if (endpoint.type != EndpointControl)
        transfer->endpoint =
            std::uint8_t(endpointId / 2 | (isToHost(endpoint.type) ? UsbToHost : 0));
    transfer->data.resize(bytes);
    work.id = ++m_lastWork;
    const bool isTransfer = std::any_of(work.trbs.begin(), work.trbs.end(), [](const Trb &trb) {
        return isDataTrb(trb) || trb.type() == TrbSetup;
    });
    const bool isFilled = !isTransfer || fillTransfer(memory, endpointId, work, *transfer);
    work.transfer = transfer;
    m_bytesInFlight += transfer->data.size();
    endpoint.next = work.end;
    UsbBackend *const backend = backendOf(slot);
    const std::uint64_t id = work.id;
    work.isAnswered = !isTransfer || !isFilled || !backend;
    endpoint.works.push_back(std::move(work));
    if (!isFilled) {
        const Trb at = endpoint.works.back().trbs.back();
        cancelWorks(slot, endpoint);
        postTransferEvent(slotId, endpointId, at, Completion::DataBufferError, 0);
        halt(slotId, endpointId, EndpointState::Halted);
        return false;
    }
    if (isTransfer && !backend)
        transfer->outcome = UsbOutcome::Gone;
    if (endpoint.works.back().isAnswered) {
        retire(slotId, endpointId);
        return true;
    }
    transfer->completed = [link = m_link, slotId, endpointId, id](UsbTransfer &) {
        const std::lock_guard guard(link->mutex);
        if (!link->controller)
            return;
        const std::lock_guard device(link->controller->lock());
        link->controller->answered(slotId, endpointId, id);
    };
    backend->submit(std::move(transfer));
    return true;
}

void Xhci::answered(unsigned slotId, unsigned endpointId, std::uint64_t id)
{
    Endpoint &endpoint = m_slots[slotId].endpoints[endpointId];
    const auto found = std::ranges::find(endpoint.works, id, &Work::id);
    if (found == endpoint.works.end())
        return; // cancelled
    found->isAnswered = true;
    retire(slotId, endpointId);
    // One that halted waits for the guest: what is rung here must not begin it anew.
    if (endpoint.state == EndpointState::Running)
        m_slots[slotId].doorbells |= 1u << endpointId;
    kick();
}

// In the ring's order.
void Xhci::retire(unsigned slotId, unsigned endpointId)
{
    Slot &slot = m_slots[slotId];
    Endpoint &endpoint = slot.endpoints[endpointId];
    while (!endpoint.works.empty() && endpoint.works.front().isAnswered) {
        const Work work = std::move(endpoint.works.front());
        endpoint.works.pop_front();
        m_bytesInFlight -= work.transfer->data.size();
        const GuestMemory *const memory = dma();
        const bool isFine = memory && report(*memory, slotId, endpointId, work);
        if (!isFine && !isIsochronous(endpoint.type)) {
            cancelWorks(slot, endpoint);
            endpoint.next = endpoint.dequeue;
            halt(slotId, endpointId, EndpointState::Halted);
            return;
        }
        endpoint.dequeue = work.end;
    }
}

// Gives the guest what came, and the events that it wants. False: the endpoint is halted.
bool Xhci::report(const GuestMemory &memory, unsigned slotId, unsigned endpointId, const Work &work)
{
    const UsbTransfer &transfer = *work.transfer;
    const Completion failure = completionOf(transfer.outcome);
    const bool hasFailed = failure != Completion::Success;
    std::size_t left = std::min(transfer.actual, transfer.data.size());
    std::size_t at = 0;
    std::uint32_t moved = 0; // EDTLA
    bool isShort = false;
    bool isTold = false; // of this TD
    for (const Trb &trb : work.trbs) {
        const bool isLast = &trb == &work.trbs.back();
        if (trb.type() == TrbEventData) {
            if (trb.has(TrbOnCompletion))
                postEvent(
                    {.parameter = trb.parameter,
                     .status = (moved & 0xffffff)
                         | std::uint32_t(isShort ? Completion::ShortPacket : Completion::Success)
                             << 24,
                     .control = slotId << 24 | endpointId << 16
                         | std::uint32_t(TrbTransferEvent) << 10 | TrbEventDataFlag},
                    trb.has(TrbBlockInterrupt));
            moved = 0;
            continue;
        }
        if (trb.type() == TrbSetup || trb.type() == TrbStatus) {
            // A request that is refused without data fails in its status stage.
            if (hasFailed && isLast) {
                postTransferEvent(slotId, endpointId, trb, failure, 0);
                return false;
            }
            if (trb.has(TrbOnCompletion))
                postTransferEvent(slotId, endpointId, trb, Completion::Success, 0);
            isShort = false;
            isTold = false;
            moved = 0;
            continue;
        }
        const auto count = isDataTrb(trb) ? std::uint32_t(std::min<std::size_t>(trb.length(), left))
                                          : std::uint32_t(0);
        if (count > 0 && transfer.isToHost()) {
            [[maybe_unused]] const bool isWritten =
                memory.write(trb.parameter, std::span(transfer.data).subspan(at, count));
        }
        at += count;
        left -= count;
        moved += count;
        const std::uint32_t rest = isDataTrb(trb) ? trb.length() - count : 0;
        if (hasFailed && left == 0 && (rest > 0 || isLast)) {
            postTransferEvent(slotId, endpointId, trb, failure, rest);
            return false;
        }
        if (hasFailed)
            continue;
        const bool isShortHere = rest > 0 && !isShort;
        isShort = isShort || rest > 0;
        if (!isTold && (trb.has(TrbOnCompletion) || (isShortHere && trb.has(TrbOnShort)))) {
            postTransferEvent(slotId, endpointId, trb,
                              isShort ? Completion::ShortPacket : Completion::Success, rest);
            isTold = isShort;
        }
    }
    if (hasFailed)
        postTransferEvent(slotId, endpointId, work.trbs.back(), failure, 0);
    return !hasFailed;
}

void Xhci::postTransferEvent(unsigned slotId, unsigned endpointId, const Trb &at, Completion code,
                             std::uint32_t left)
{
    postEvent({.parameter = at.address,
               .status = (left & 0xffffff) | std::uint32_t(code) << 24,
               .control = slotId << 24 | endpointId << 16 | std::uint32_t(TrbTransferEvent) << 10},
              at.has(TrbBlockInterrupt)
                  && (code == Completion::Success || code == Completion::ShortPacket));
}

void Xhci::halt(unsigned slotId, unsigned endpointId, EndpointState state)
{
    Slot &slot = m_slots[slotId];
    slot.endpoints[endpointId].state = state;
    slot.doorbells &= ~(1u << endpointId);
    if (const GuestMemory *memory = dma())
        showEndpoint(*memory, slot, endpointId);
}

// They stay in the ring.
void Xhci::cancelWorks(Slot &slot, Endpoint &endpoint)
{
    const std::list<Work> works = std::exchange(endpoint.works, {});
    UsbBackend *const backend = slot.port != 0 ? m_ports[slot.port - 1u].backend() : nullptr;
    for (const Work &work : works) {
        m_bytesInFlight -= work.transfer->data.size();
        if (backend && !work.isAnswered)
            backend->cancel(work.transfer);
    }
    endpoint.next = endpoint.dequeue;
}

void Xhci::cancelPort(unsigned port, bool isGone)
{
    for (unsigned slotId = 1; slotId <= SlotCount; ++slotId) {
        Slot &slot = m_slots[slotId];
        if (slot.port != port)
            continue;
        for (unsigned i = 1; i < EndpointCount; ++i) {
            Endpoint &endpoint = slot.endpoints[i];
            if (endpoint.works.empty())
                continue;
            const Trb first = endpoint.works.front().trbs.front();
            cancelWorks(slot, endpoint);
            if (!isGone || !dma())
                continue;
            postTransferEvent(slotId, i, first, Completion::TransactionError, first.length());
            halt(slotId, i, EndpointState::Halted);
        }
    }
}

} // namespace engine
