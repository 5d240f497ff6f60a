// SPDX-License-Identifier: GPL-3.0-or-later
// Registers of a High Definition Audio controller: High Definition Audio Specification 1.0a,
// section 3.3. Offsets are into BAR 0.
#pragma once

#include <cstdint>

namespace engine::hda {

inline constexpr std::uint64_t RegisterBytes = 0x4000;
inline constexpr unsigned InputStreams = 4;
inline constexpr unsigned OutputStreams = 4;
inline constexpr unsigned StreamCount = InputStreams + OutputStreams;

enum Register : std::uint64_t {
    GlobalCapabilities = 0x00, // 3.3.2
    MinorVersion = 0x02,
    MajorVersion = 0x03,
    OutputPayload = 0x04,
    InputPayload = 0x06,
    GlobalControl = 0x08, // 3.3.7
    WakeEnable = 0x0c, // 3.3.8
    StateChange = 0x0e, // 3.3.9
    GlobalStatus = 0x10,
    OutputStreamPayload = 0x18,
    InputStreamPayload = 0x1a,
    InterruptControl = 0x20, // 3.3.14
    InterruptStatus = 0x24, // 3.3.15
    WallClock = 0x30, // 3.3.16
    OldStreamSync = 0x34, // where the ICH6 to ICH9 have it (Intel 316972, 17.2.16)
    StreamSync = 0x38, // 3.3.17
    CorbLow = 0x40,
    CorbHigh = 0x44,
    CorbWritePointer = 0x48, // 3.3.20
    CorbReadPointer = 0x4a, // 3.3.21
    CorbControl = 0x4c,
    CorbStatus = 0x4d,
    CorbSize = 0x4e,
    RirbLow = 0x50,
    RirbHigh = 0x54,
    RirbWritePointer = 0x58, // 3.3.27
    ResponseCount = 0x5a,
    RirbControl = 0x5c,
    RirbStatus = 0x5d,
    RirbSize = 0x5e,
    ImmediateCommand = 0x60, // 3.4.1
    ImmediateResponse = 0x64,
    ImmediateStatus = 0x68,
    PositionLow = 0x70, // 3.3.32
    PositionHigh = 0x74,
    StreamBase = 0x80, // input streams first
    WallClockAlias = 0x2030, // 3.3.43
    PositionAliasBase = 0x2084,
};
inline constexpr std::uint64_t StreamBytes = 0x20;

// Of a stream descriptor (3.3.35 to 3.3.42).
enum StreamRegister : std::uint64_t {
    StreamControl = 0x00, // three bytes
    StreamStatus = 0x03,
    StreamPosition = 0x04,
    CyclicLength = 0x08,
    LastValidIndex = 0x0c,
    FifoSize = 0x10,
    StreamFormat = 0x12,
    ListLow = 0x18,
    ListHigh = 0x1c,
};

inline constexpr std::uint32_t ControlReset = 1 << 0; // CRST; 0: in reset
inline constexpr std::uint32_t ControlFlush = 1 << 1;
inline constexpr std::uint32_t ControlUnsolicited = 1 << 8;
inline constexpr std::uint8_t GlobalFlushed = 1 << 1;
inline constexpr std::uint32_t InterruptGlobal = 1u << 31;
inline constexpr std::uint32_t InterruptController = 1u << 30;
inline constexpr std::uint32_t InterruptStreams = (1u << StreamCount) - 1;

inline constexpr std::uint16_t PointerReset = 1 << 15; // of CORBRP and RIRBWP
inline constexpr std::uint8_t CorbRun = 1 << 1;
inline constexpr std::uint8_t CorbErrorInterrupt = 1 << 0;
inline constexpr std::uint8_t CorbMemoryError = 1 << 0;
inline constexpr std::uint8_t RirbInterrupt = 1 << 0; // enable, and status
inline constexpr std::uint8_t RirbRun = 1 << 1;
inline constexpr std::uint8_t RirbOverrun = 1 << 2; // enable, and status
inline constexpr std::uint8_t RingSize256 = 0x42; // 256 entries, nothing else to choose
inline constexpr unsigned RingEntries = 256;
inline constexpr std::uint16_t ImmediateBusy = 1 << 0;
inline constexpr std::uint16_t ImmediateValid = 1 << 1;
inline constexpr std::uint32_t PositionEnable = 1 << 0;

inline constexpr std::uint32_t StreamReset = 1 << 0;
inline constexpr std::uint32_t StreamRun = 1 << 1;
inline constexpr std::uint8_t StreamCompleted = 1 << 2; // enable, and status
inline constexpr std::uint8_t StreamFifoError = 1 << 3;
inline constexpr std::uint8_t StreamDescriptorError = 1 << 4;
inline constexpr std::uint8_t StreamFifoReady = 1 << 5;

inline constexpr std::uint64_t WallClockHz = 24'000'000;

} // namespace engine::hda
