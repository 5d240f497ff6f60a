// SPDX-License-Identifier: GPL-3.0-or-later
// A saved state of the controller. Transfers that devices have are in none: their TDs are in the
// ring still and are given to them again.
#include "engine/devices/usb/xhci.h"

#include <utility>

namespace engine {

using namespace xhci;

namespace {

constexpr std::size_t MaxSavedEvents = 16384;

} // namespace

void Xhci::serializeStreams(StateArchive &archive, Endpoint &endpoint)
{
    auto count = std::uint8_t(endpoint.streams.size());
    archive.value(endpoint.streamContexts);
    archive.value(count);
    if (archive.isLoading() && !archive.hasFailed()) {
        const bool isBulk = endpoint.type == EndpointBulkOut || endpoint.type == EndpointBulkIn;
        bool isSize = count == 0;
        for (unsigned i = 1; i <= MaxStreamExponent; ++i)
            isSize = isSize || (isBulk && count == 2u << i);
        if (!isSize)
            return archive.fail("it has streams of which there are none so many");
        endpoint.streams.resize(count);
    }
    for (Ring &ring : endpoint.streams) {
        archive.value(ring.isKnown);
        ring.dequeue.serialize(archive);
        if (archive.isLoading())
            ring.next = ring.dequeue;
    }
}

void Xhci::serializeSlot(StateArchive &archive, Slot &slot, std::uint32_t version)
{
    archive.value(slot.state);
    archive.value(slot.port);
    archive.value(slot.context);
    if (archive.isLoading() && !archive.hasFailed()
        && (slot.state > SlotState::Enabled || slot.port > PortCount)) {
        slot = {};
        return archive.fail("it has a slot of a kind that there is not");
    }
    if (slot.state == SlotState::Disabled)
        return;
    for (unsigned i = 1; i < EndpointCount; ++i) {
        Endpoint &endpoint = slot.endpoints[i];
        archive.value(endpoint.state);
        archive.value(endpoint.type);
        endpoint.ring.dequeue.serialize(archive);
        if (version > 1)
            serializeStreams(archive, endpoint);
        if (archive.isLoading())
            endpoint.rung = 0;
        if (version > 2)
            archive.value(endpoint.rung);
        if (!archive.isLoading())
            continue;
        endpoint.ring.next = endpoint.ring.dequeue;
        if (archive.hasFailed() || endpoint.state > EndpointState::Error || endpoint.type > 7
            || (i == 1 && endpoint.type != EndpointControl
                && endpoint.state != EndpointState::Disabled)) {
            endpoint = {};
            if (!archive.hasFailed())
                archive.fail("it has an endpoint of a kind that there is not");
        }
    }
}

// What was rung and not looked at; a stopped endpoint would not go on without it.
void Xhci::ringSaved()
{
    m_rung.clear();
    for (unsigned slot = 1; slot <= SlotCount; ++slot)
        for (unsigned i = 1; i < EndpointCount; ++i) {
            Endpoint &endpoint = m_slots[slot].endpoints[i];
            const std::uint32_t rung = std::exchange(endpoint.rung, 0);
            const unsigned first = endpoint.hasStreams() ? 1 : 0;
            for (unsigned stream = first; stream < endpoint.rings().size(); ++stream)
                if ((rung >> stream & 1) != 0)
                    ring(slot, i, stream);
        }
}

void Xhci::serializeFunction(StateArchive &archive, std::uint32_t version)
{
    hearBells(); // of before, to be saved or to be forgotten
    archive.value(m_command);
    archive.value(m_status);
    archive.value(m_notifications);
    archive.value(m_config);
    archive.value(m_contexts);
    m_commandRing.serialize(archive);
    archive.value(m_isCommandRingRunning);
    archive.value(m_isCommandDoorbellRung);
    std::int64_t startedAt = m_startedAt.count();
    archive.value(startedAt);
    m_eventRing.serialize(archive);
    archive.value(m_management);
    archive.value(m_moderation);
    archive.value(m_isHandlerBusy);
    auto waiting = std::uint32_t(m_waitingEvents.size());
    archive.value(waiting);
    if (archive.isLoading()) {
        m_startedAt = GuestTime(startedAt);
        m_command &= CommandKept;
        m_waitingEvents.clear();
        if (!archive.hasFailed() && waiting > MaxSavedEvents)
            archive.fail("it has more events than it can");
        if (!archive.hasFailed())
            m_waitingEvents.resize(waiting);
    }
    for (Trb &event : m_waitingEvents) {
        archive.value(event.parameter);
        archive.value(event.status);
        archive.value(event.control);
    }
    for (unsigned i = 1; i <= SlotCount; ++i)
        serializeSlot(archive, m_slots[i], version);
    if (archive.isLoading()) {
        ringSaved();
        m_areBellsStale = true;
    }
    m_replugged = 0;
    for (unsigned i = 0; i < PortCount; ++i)
        if (m_ports[i].serialize(archive))
            m_replugged |= 1u << i;
    if (archive.isLoading() && archive.hasFailed())
        m_command = 0; // nothing happens until it is reset
}

} // namespace engine
