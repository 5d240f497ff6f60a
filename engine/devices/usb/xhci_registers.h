// SPDX-License-Identifier: GPL-3.0-or-later
// Registers and numbers of "eXtensible Host Controller Interface for Universal Serial Bus (xHCI)",
// revision 1.1; the numbers in comments are its sections.
#pragma once

#include <cstdint>

namespace engine::xhci {

inline constexpr unsigned SlotCount = 32;
inline constexpr unsigned PortPairs = 8; // a connector has a USB 2 port and a USB 3 port
inline constexpr unsigned PortCount = 2 * PortPairs;
inline constexpr unsigned EndpointCount = 32; // device context indices, 0 is the slot's
// MaxPSASize (5.3.6): arrays of 2^(3 + 1) streams at most, of which the first is none. A driver of
// disks has as many commands under way as there are streams, and the host's memory for each.
inline constexpr unsigned MaxStreamExponent = 3;

// Where things are in the BAR.
inline constexpr std::uint64_t OperationalBase = 0x40;
inline constexpr std::uint64_t PortBase = OperationalBase + 0x400; // 5.4.8
inline constexpr std::uint64_t PortBytes = 0x10;
inline constexpr std::uint64_t RuntimeBase = 0x1000;
inline constexpr std::uint64_t DoorbellBase = 0x2000;
inline constexpr std::uint64_t DoorbellPage = 0x1000; // nothing else is in it
inline constexpr std::uint32_t MsixTable = 0x3000;
inline constexpr std::uint32_t MsixPending = 0x3800;
inline constexpr std::uint64_t BarBytes = 0x4000;

// Capability registers, 5.3.
enum Capability : std::uint64_t {
    CapLength = 0x00,
    CapStructural1 = 0x04,
    CapStructural2 = 0x08,
    CapParameters1 = 0x10,
    CapDoorbells = 0x14,
    CapRuntime = 0x18,
    CapUsb2Protocol = 0x20, // extended capabilities, 7.2
    CapUsb3Protocol = 0x30,
};
inline constexpr unsigned TableSizeExponent = 2; // ERST Max: four segments
inline constexpr unsigned MaxSegments = 1u << TableSizeExponent;

// Operational registers, 5.4.
enum Operational : std::uint64_t {
    OpCommand = OperationalBase + 0x00,
    OpStatus = OperationalBase + 0x04,
    OpPageSize = OperationalBase + 0x08,
    OpNotifications = OperationalBase + 0x14,
    OpRingLow = OperationalBase + 0x18,
    OpRingHigh = OperationalBase + 0x1c,
    OpContextsLow = OperationalBase + 0x30,
    OpContextsHigh = OperationalBase + 0x34,
    OpConfig = OperationalBase + 0x38,
};
enum CommandBit : std::uint32_t {
    CommandRun = 1u << 0,
    CommandReset = 1u << 1,
    CommandInterrupts = 1u << 2,
    CommandSave = 1u << 8,
    CommandRestore = 1u << 9,
    CommandKept = CommandRun | CommandInterrupts | 1u << 3 | 1u << 10,
};
enum StatusBit : std::uint32_t {
    StatusHalted = 1u << 0,
    StatusSystemError = 1u << 2,
    StatusEvent = 1u << 3,
    StatusPortChange = 1u << 4,
    StatusRestoreError = 1u << 10,
    StatusControllerError = 1u << 12,
    StatusCleared = StatusSystemError | StatusEvent | StatusPortChange | StatusRestoreError,
};
enum RingBit : std::uint32_t { // CRCR, 5.4.5
    RingCycle = 1u << 0,
    RingStop = 1u << 1,
    RingAbort = 1u << 2,
    RingRunning = 1u << 3,
};

// Runtime registers, 5.5; there is one interrupter.
enum Runtime : std::uint64_t {
    RtMicroframe = RuntimeBase + 0x00,
    RtManagement = RuntimeBase + 0x20,
    RtModeration = RuntimeBase + 0x24,
    RtTableSize = RuntimeBase + 0x28,
    RtTableLow = RuntimeBase + 0x30,
    RtTableHigh = RuntimeBase + 0x34,
    RtDequeueLow = RuntimeBase + 0x38,
    RtDequeueHigh = RuntimeBase + 0x3c,
};
inline constexpr std::uint32_t ManagementPending = 1u << 0;
inline constexpr std::uint32_t ManagementEnable = 1u << 1;
inline constexpr std::uint32_t DequeueBusy = 1u << 3;

// Port status and control, 5.4.8.
enum PortBit : std::uint32_t {
    PortConnected = 1u << 0,
    PortEnabled = 1u << 1,
    PortReset = 1u << 4,
    PortPower = 1u << 9,
    PortLinkStrobe = 1u << 16,
    PortConnectChange = 1u << 17,
    PortResetChange = 1u << 21,
    PortWarmResetChange = 1u << 19,
    PortLinkChange = 1u << 22,
    PortChanges = 0x7fu << 17,
    PortWakes = 7u << 25,
    PortWarmReset = 1u << 31,
};
inline constexpr unsigned PortLinkShift = 5;
inline constexpr unsigned PortSpeedShift = 10;
enum LinkState : std::uint32_t {
    LinkU0 = 0,
    LinkU2 = 2,
    LinkU3 = 3,
    LinkDisabled = 4,
    LinkRxDetect = 5,
    LinkPolling = 7,
    LinkResume = 15,
    LinkMask = 15,
};

// 6.4.6
enum TrbType : std::uint8_t {
    TrbNormal = 1,
    TrbSetup = 2,
    TrbData = 3,
    TrbStatus = 4,
    TrbIsochronous = 5,
    TrbLink = 6,
    TrbEventData = 7,
    TrbNoOp = 8,
    TrbEnableSlot = 9,
    TrbDisableSlot = 10,
    TrbAddressDevice = 11,
    TrbConfigureEndpoint = 12,
    TrbEvaluateContext = 13,
    TrbResetEndpoint = 14,
    TrbStopEndpoint = 15,
    TrbSetDequeue = 16,
    TrbResetDevice = 17,
    TrbNoOpCommand = 23,
    TrbTransferEvent = 32,
    TrbCommandEvent = 33,
    TrbPortEvent = 34,
};
inline constexpr std::uint32_t TrbBytes = 16;
inline constexpr std::uint32_t TrbLengthMask = 0x1ffff;
enum TrbBit : std::uint32_t { // of the control word
    TrbCycle = 1u << 0,
    TrbToggle = 1u << 1, // link
    TrbEventDataFlag = 1u << 2, // transfer event
    TrbOnShort = 1u << 2, // transfer
    TrbChain = 1u << 4,
    TrbOnCompletion = 1u << 5,
    TrbImmediate = 1u << 6,
    TrbBlockInterrupt = 1u << 9,
    TrbDeconfigure = 1u << 9, // configure endpoint
    TrbBlockAddress = 1u << 9, // address device
    TrbToHost = 1u << 16, // data stage
};

// 6.4.5
enum class Completion : std::uint8_t {
    Success = 1,
    DataBufferError = 2,
    Babble = 3,
    TransactionError = 4,
    TrbError = 5,
    Stall = 6,
    ResourceError = 7,
    NoSlots = 9,
    InvalidStreamType = 10,
    SlotNotEnabled = 11,
    EndpointNotEnabled = 12,
    ShortPacket = 13,
    ParameterError = 17,
    ContextStateError = 19,
    RingStopped = 24,
    Stopped = 26,
};

// 6.2: contexts of 32 bytes.
inline constexpr std::uint64_t ContextBytes = 32;
enum class SlotState : std::uint8_t { Disabled, Default, Addressed, Configured, Enabled };
enum class EndpointState : std::uint8_t { Disabled, Running, Halted, Stopped, Error };
enum EndpointType : std::uint8_t {
    EndpointIsochronousOut = 1,
    EndpointBulkOut = 2,
    EndpointInterruptOut = 3,
    EndpointControl = 4,
    EndpointIsochronousIn = 5,
    EndpointBulkIn = 6,
    EndpointInterruptIn = 7,
};
constexpr bool isIsochronous(std::uint8_t type)
{
    return type == EndpointIsochronousIn || type == EndpointIsochronousOut;
}
constexpr bool isToHost(std::uint8_t type)
{
    return type > EndpointControl;
}
// What the device calls it (USB 2.0, 9.6.6).
constexpr std::uint8_t addressOf(unsigned index, std::uint8_t type)
{
    return std::uint8_t(index / 2 | (isToHost(type) ? 0x80u : 0u));
}

// 6.2.4: stream contexts.
inline constexpr std::uint64_t StreamContextBytes = 16;
inline constexpr unsigned PrimaryRing = 1; // Stream Context Type: a transfer ring, of this array
inline constexpr unsigned StreamTypeShift = 1;
inline constexpr unsigned StreamTypeMask = 7;

} // namespace engine::xhci
