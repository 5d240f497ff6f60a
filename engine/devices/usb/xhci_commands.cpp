// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1: commands of devices 4.6, slot states 4.5.3, contexts 6.2.
#include "engine/devices/usb/xhci.h"

#include <utility>

namespace engine {

using namespace xhci;

namespace {

using Context = std::array<std::uint8_t, ContextBytes>;

constexpr std::uint32_t RouteMask = 0xfffff;
constexpr std::uint32_t EntriesMask = 31u << 27;
constexpr std::uint32_t LatencyMask = 0xffff;
constexpr std::uint32_t TargetMask = 0x3ffu << 22;
constexpr std::uint32_t PacketMask = 0xffffu << 16;

std::uint32_t word(const Context &context, unsigned index)
{
    return loadLe<std::uint32_t>(&context[4 * index]);
}

void setWord(Context &context, unsigned index, std::uint32_t value)
{
    storeLe(&context[4 * index], value);
}

std::uint32_t slotStateWord(SlotState state) // 6.2.2
{
    switch (state) {
    case SlotState::Disabled:
    case SlotState::Enabled:
        return 0;
    case SlotState::Default:
        return 1u << 27;
    case SlotState::Addressed:
        return 2u << 27;
    case SlotState::Configured:
        return 3u << 27;
    }
    return 0;
}

// 6.2.3: control endpoints are number 0 only, and the others' direction is their index's.
bool isEndpointTypeRight(unsigned index, std::uint8_t type)
{
    if (index == 1)
        return type == EndpointControl;
    const bool isIn = (index & 1) != 0;
    return type != 0 && type != EndpointControl && (type > EndpointControl) == isIn;
}

} // namespace

// The command ring

bool Xhci::processCommands(unsigned &budget)
{
    while (m_isCommandRingRunning && m_isCommandDoorbellRung) {
        const GuestMemory *const memory = dma();
        if (budget == 0 || !memory || !m_waitingEvents.empty())
            return false;
        --budget;
        Trb command;
        switch (fetch(*memory, m_commandRing, command)) {
        case Fetched::Nothing:
            m_isCommandDoorbellRung = false;
            return true;
        case Fetched::NoMemory:
            fail(StatusControllerError, "its command ring is not in memory");
            return true;
        case Fetched::Trb:
            break;
        }
        if (command.type() == TrbLink) {
            m_commandRing.follow(command);
            if (command.has(TrbOnCompletion))
                completeCommand(command, Completion::Success, 0);
            continue;
        }
        hearBells(); // those that were rung before this was in the ring
        unsigned slot = command.slot();
        const Completion code = executeCommand(*memory, command, slot);
        completeCommand(command, code, slot);
    }
    return true;
}

void Xhci::completeCommand(const Trb &command, Completion code, unsigned slot)
{
    postEvent({.parameter = command.address,
               .status = std::uint32_t(code) << 24,
               .control = slot << 24 | std::uint32_t(TrbCommandEvent) << 10});
}

Xhci::Completion Xhci::executeCommand(const GuestMemory &memory, const Trb &command, unsigned &slot)
{
    switch (command.type()) {
    case TrbNoOpCommand:
        return Completion::Success;
    case TrbEnableSlot:
        return enableSlot(slot);
    case TrbDisableSlot:
    case TrbAddressDevice:
    case TrbConfigureEndpoint:
    case TrbEvaluateContext:
    case TrbResetEndpoint:
    case TrbStopEndpoint:
    case TrbSetDequeue:
    case TrbResetDevice:
        break;
    default:
        return Completion::TrbError;
    }
    if (slot == 0 || slot > SlotCount || m_slots[slot].state == SlotState::Disabled)
        return Completion::SlotNotEnabled;
    switch (command.type()) {
    case TrbDisableSlot:
        return disableSlot(memory, slot);
    case TrbAddressDevice:
        return addressDevice(memory, command, slot);
    case TrbConfigureEndpoint:
        return configureEndpoints(memory, command, slot);
    case TrbEvaluateContext:
        return evaluateContext(memory, command, slot);
    case TrbResetEndpoint:
        return resetEndpoint(memory, slot, command.endpoint());
    case TrbStopEndpoint:
        return stopEndpoint(memory, slot, command.endpoint());
    case TrbSetDequeue:
        return setDequeue(memory, command, slot, command.endpoint());
    default:
        return resetSlot(memory, slot);
    }
}

// Slots

Xhci::Completion Xhci::enableSlot(unsigned &slot)
{
    for (unsigned i = 1; i <= SlotCount && i <= m_config; ++i) {
        if (m_slots[i].state != SlotState::Disabled)
            continue;
        m_slots[i] = {};
        m_slots[i].state = SlotState::Enabled;
        slot = i;
        return Completion::Success;
    }
    slot = 0;
    return Completion::NoSlots;
}

Xhci::Completion Xhci::disableSlot(const GuestMemory &memory, unsigned slot)
{
    Slot &disabled = m_slots[slot];
    std::vector<UsbStreams> streams;
    for (unsigned i = 1; i < EndpointCount; ++i)
        closeEndpoint(disabled, i, streams);
    tellStreams(disabled, std::move(streams));
    disabled.state = SlotState::Disabled;
    if (disabled.context != 0)
        showSlotState(memory, slot);
    disabled = {};
    return Completion::Success;
}

// The state and the address, of the device's context.
void Xhci::showSlotState(const GuestMemory &memory, unsigned slot)
{
    const Slot &shown = m_slots[slot];
    const bool hasAddress =
        shown.state == SlotState::Addressed || shown.state == SlotState::Configured;
    // The guest's memory, the guest's loss.
    [[maybe_unused]] const bool isWritten =
        memory.store(shown.context + 12, slotStateWord(shown.state) | (hasAddress ? slot : 0u));
}

Xhci::Completion Xhci::addressDevice(const GuestMemory &memory, const Trb &command, unsigned slot)
{
    Slot &addressed = m_slots[slot];
    const bool isBlocked = command.has(TrbBlockAddress);
    if (addressed.state != SlotState::Enabled
        && (isBlocked || addressed.state != SlotState::Default))
        return Completion::ContextStateError;
    const std::uint64_t input = command.parameter & ~std::uint64_t(15);
    Context control;
    Context slotContext;
    Context endpointContext;
    if (!memory.read(input, control) || !memory.read(input + ContextBytes, slotContext)
        || !memory.read(input + 2 * ContextBytes, endpointContext))
        return Completion::ParameterError;
    const std::optional<std::uint64_t> context =
        memory.load<std::uint64_t>(m_contexts + 8 * std::uint64_t(slot));
    if (word(control, 0) != 0 || (word(control, 1) & 3) != 3 || !context
        || !memory.contains(*context & ~std::uint64_t(63), EndpointCount * ContextBytes))
        return Completion::ParameterError;
    const unsigned port = (word(slotContext, 1) >> 16) & 0xff;
    if (port == 0 || port > PortCount || (word(slotContext, 0) & RouteMask) != 0
        || !isEndpointTypeRight(1, std::uint8_t((endpointContext[4] >> 3) & 7)))
        return Completion::ParameterError;
    if (!m_ports[port - 1].backend() || !m_ports[port - 1].isEnabled())
        return Completion::TransactionError; // nobody answers SET_ADDRESS
    addressed.context = *context & ~std::uint64_t(63);
    addressed.port = std::uint8_t(port);
    addressed.state = isBlocked ? SlotState::Default : SlotState::Addressed;
    openEndpoint(addressed, 1, endpointContext);
    setWord(slotContext, 3, 0);
    setWord(endpointContext, 0, word(endpointContext, 0) & ~7u);
    [[maybe_unused]] const bool isWritten = memory.write(addressed.context, slotContext)
        && memory.write(addressed.context + ContextBytes, endpointContext);
    showSlotState(memory, slot);
    showEndpoint(memory, addressed, 1);
    return Completion::Success;
}

Xhci::Completion Xhci::configureEndpoints(const GuestMemory &memory, const Trb &command,
                                          unsigned slot)
{
    Slot &configured = m_slots[slot];
    if (configured.state != SlotState::Addressed && configured.state != SlotState::Configured)
        return Completion::ContextStateError;
    const std::uint64_t input = command.parameter & ~std::uint64_t(15);
    Context control = {};
    Context slotContext = {};
    const bool isDeconfigured = command.has(TrbDeconfigure);
    if (!isDeconfigured
        && (!memory.read(input, control) || !memory.read(input + ContextBytes, slotContext)))
        return Completion::ParameterError;
    const std::uint32_t dropped = isDeconfigured ? ~3u : word(control, 0) & ~3u;
    const std::uint32_t added = isDeconfigured ? 0 : word(control, 1) & ~3u;
    std::array<Context, EndpointCount> contexts = {};
    for (unsigned i = 2; i < EndpointCount; ++i) {
        if ((added >> i & 1) == 0)
            continue;
        if (!memory.read(input + (i + 1) * ContextBytes, contexts[i])
            || !isEndpointTypeRight(i, std::uint8_t((contexts[i][4] >> 3) & 7)))
            return Completion::ParameterError;
        if (const Completion code = checkStreams(memory, configured, contexts[i]);
            code != Completion::Success)
            return code;
    }
    bool isAnyOpen = false;
    std::vector<UsbStreams> streams;
    for (unsigned i = 2; i < EndpointCount; ++i) {
        Endpoint &endpoint = configured.endpoints[i];
        if (((dropped | added) >> i & 1) != 0) {
            const bool wasOpen = endpoint.state != EndpointState::Disabled;
            closeEndpoint(configured, i, streams);
            if ((added >> i & 1) != 0) {
                openEndpoint(configured, i, contexts[i]);
                if (endpoint.hasStreams())
                    streams.push_back({.endpoint = addressOf(i, endpoint.type),
                                       .count = unsigned(endpoint.streams.size() - 1)});
                [[maybe_unused]] const bool isWritten =
                    memory.write(configured.context + i * ContextBytes, contexts[i]);
            }
            if (wasOpen || (added >> i & 1) != 0)
                showEndpoint(memory, configured, i);
        }
        isAnyOpen = isAnyOpen || endpoint.state != EndpointState::Disabled;
    }
    tellStreams(configured, std::move(streams));
    configured.state = isAnyOpen ? SlotState::Configured : SlotState::Addressed;
    if (const auto first = memory.load<std::uint32_t>(configured.context)) {
        const std::uint32_t entries = isDeconfigured ? 1u << 27
            : (word(control, 1) & 1) != 0            ? word(slotContext, 0) & EntriesMask
                                                     : *first & EntriesMask;
        [[maybe_unused]] const bool isWritten =
            memory.store(configured.context, (*first & ~EntriesMask) | entries);
    }
    showSlotState(memory, slot);
    return Completion::Success;
}

Xhci::Completion Xhci::evaluateContext(const GuestMemory &memory, const Trb &command, unsigned slot)
{
    Slot &evaluated = m_slots[slot];
    if (evaluated.state == SlotState::Enabled)
        return Completion::ContextStateError;
    const std::uint64_t input = command.parameter & ~std::uint64_t(15);
    Context control;
    Context wanted;
    Context current;
    if (!memory.read(input, control) || word(control, 0) != 0)
        return Completion::ParameterError;
    if ((word(control, 1) & 1) != 0) {
        if (!memory.read(input + ContextBytes, wanted) || !memory.read(evaluated.context, current))
            return Completion::ParameterError;
        setWord(current, 1, (word(current, 1) & ~LatencyMask) | (word(wanted, 1) & LatencyMask));
        setWord(current, 2, (word(current, 2) & ~TargetMask) | (word(wanted, 2) & TargetMask));
        if (!memory.write(evaluated.context, current))
            return Completion::ParameterError;
    }
    if ((word(control, 1) & 2) != 0) {
        const std::uint64_t at = evaluated.context + ContextBytes;
        if (!memory.read(input + 2 * ContextBytes, wanted) || !memory.read(at, current))
            return Completion::ParameterError;
        setWord(current, 1, (word(current, 1) & ~PacketMask) | (word(wanted, 1) & PacketMask));
        if (!memory.write(at, current))
            return Completion::ParameterError;
    }
    return Completion::Success;
}

Xhci::Completion Xhci::resetSlot(const GuestMemory &memory, unsigned slot)
{
    Slot &reset = m_slots[slot];
    if (reset.state != SlotState::Addressed && reset.state != SlotState::Configured)
        return Completion::ContextStateError;
    std::vector<UsbStreams> streams;
    cancelWorks(reset, reset.endpoints[1]);
    for (unsigned i = 2; i < EndpointCount; ++i) {
        if (reset.endpoints[i].state == EndpointState::Disabled)
            continue;
        closeEndpoint(reset, i, streams);
        showEndpoint(memory, reset, i);
    }
    tellStreams(reset, std::move(streams));
    reset.state = SlotState::Default;
    if (const auto first = memory.load<std::uint32_t>(reset.context)) {
        [[maybe_unused]] const bool isWritten =
            memory.store(reset.context, (*first & ~EntriesMask) | 1u << 27);
    }
    showSlotState(memory, slot);
    return Completion::Success;
}

} // namespace engine
