// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1: what devices answer. Events 4.11.3, short packets 4.10.1.1, event data 4.11.5.2,
// halted endpoints 4.10.2.1.
#include "engine/devices/usb/xhci.h"

#include <algorithm>
#include <utility>

namespace engine {

using namespace xhci;

namespace {

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

} // namespace

void Xhci::answered(unsigned slotId, unsigned endpointId, unsigned stream, std::uint64_t id)
{
    Endpoint &endpoint = m_slots[slotId].endpoints[endpointId];
    Ring *const ring = endpoint.find(stream);
    if (!ring)
        return;
    const auto found = std::ranges::find(ring->works, id, &Work::id);
    if (found == ring->works.end())
        return; // cancelled
    found->isAnswered = true;
    // One that stopped or halted waits for the guest: what is rung here must not begin it anew.
    if (endpoint.state != EndpointState::Running || ring->isHeld)
        return;
    retire(slotId, endpointId, *ring);
    if (endpoint.state == EndpointState::Running)
        this->ring(slotId, endpointId, stream);
    kick();
}

// In the ring's order.
void Xhci::retire(unsigned slotId, unsigned endpointId, Ring &ring)
{
    Slot &slot = m_slots[slotId];
    Endpoint &endpoint = slot.endpoints[endpointId];
    while (!ring.works.empty() && ring.works.front().isAnswered) {
        const Work work = std::move(ring.works.front());
        ring.works.pop_front();
        m_bytesInFlight -= work.transfer->data.size();
        const GuestMemory *const memory = dma();
        const bool isFine = memory && report(*memory, slotId, endpointId, work);
        if (!isFine && !isIsochronous(endpoint.type)) {
            cancelWorks(slot, endpoint); // of all its streams: 4.12.1
            halt(slotId, endpointId, EndpointState::Halted);
            return;
        }
        ring.dequeue = work.end;
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
        const auto count = trb.isData() ? std::uint32_t(std::min<std::size_t>(trb.length(), left))
                                        : std::uint32_t(0);
        if (count > 0 && transfer.isToHost()) {
            [[maybe_unused]] const bool isWritten =
                memory.write(trb.parameter, std::span(transfer.data).subspan(at, count));
        }
        at += count;
        left -= count;
        moved += count;
        const std::uint32_t rest = trb.isData() ? trb.length() - count : 0;
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
    slot.endpoints[endpointId].rung = 0;
    if (const GuestMemory *memory = dma())
        showEndpoint(*memory, slot, endpointId);
}

// They stay in the rings.
void Xhci::cancelWorks(const Slot &slot, Endpoint &endpoint)
{
    for (Ring &each : endpoint.rings())
        cancelRing(slot, each);
}

void Xhci::cancelRing(const Slot &slot, Ring &ring)
{
    for (const Work &work : std::exchange(ring.works, {}))
        cancel(slot, work);
    ring.next = ring.dequeue;
    ring.isHeld = false;
}

void Xhci::cancel(const Slot &slot, const Work &work)
{
    UsbBackend *const backend = slot.port != 0 ? m_ports[slot.port - 1u].backend() : nullptr;
    m_bytesInFlight -= work.transfer->data.size();
    if (backend && !work.isAnswered)
        backend->cancel(work.transfer);
}

void Xhci::cancelPort(unsigned port, bool isGone)
{
    for (unsigned slotId = 1; slotId <= SlotCount; ++slotId) {
        Slot &slot = m_slots[slotId];
        if (slot.port != port)
            continue;
        for (unsigned i = 1; i < EndpointCount; ++i) {
            Endpoint &endpoint = slot.endpoints[i];
            const Work *const work = endpoint.firstWork();
            if (!work)
                continue;
            const Trb first = work->trbs.front();
            cancelWorks(slot, endpoint);
            // What a stopped one had was told when it stopped.
            if (!isGone || endpoint.state != EndpointState::Running || !dma())
                continue;
            postTransferEvent(slotId, i, first, Completion::TransactionError, first.length());
            halt(slotId, i, EndpointState::Halted);
        }
    }
}

} // namespace engine
