// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of NVM Express 1.4; the sections are that document's.
#pragma once

#include <cstdint>

namespace engine::nvme {

// 3.1
enum Register : std::uint64_t {
    CapabilitiesLow = 0x00,
    CapabilitiesHigh = 0x04,
    Version = 0x08,
    InterruptMaskSet = 0x0c,
    InterruptMaskClear = 0x10,
    Configuration = 0x14,
    ControllerStatus = 0x1c,
    AdminQueueSizes = 0x24,
    AdminSubmissionLow = 0x28,
    AdminSubmissionHigh = 0x2c,
    AdminCompletionLow = 0x30,
    AdminCompletionHigh = 0x34,
};
constexpr std::uint64_t FirstDoorbell = 0x1000; // a dword for each tail, then for each head

constexpr std::uint32_t VersionValue = 0x00010400;

// CC, 3.1.5
constexpr std::uint32_t Enable = 1u << 0;
constexpr std::uint32_t ShutdownMask = 3u << 14;
constexpr std::uint32_t ConfigurationWritable = 0x00fffff1;

// CSTS, 3.1.6
enum StatusBit : std::uint32_t {
    Ready = 1u << 0,
    Fatal = 1u << 1,
    ShuttingDown = 1u << 2,
    ShutDown = 2u << 2,
};

constexpr std::uint64_t PageBytes = 4096; // CAP allows no other
constexpr std::uint64_t BlockBytes = 512;
constexpr std::uint32_t NamespaceId = 1;
constexpr std::uint32_t AllNamespaces = 0xffffffff;

// 4.5: type and code of a completion's status.
enum Status : std::uint16_t {
    Success = 0x000,
    InvalidOpcode = 0x001,
    InvalidField = 0x002,
    DataTransferError = 0x004,
    InternalError = 0x006,
    InvalidNamespace = 0x00b,
    InvalidPrpOffset = 0x013,
    LbaOutOfRange = 0x080,
    InvalidCompletionQueue = 0x100,
    InvalidQueueId = 0x101,
    InvalidQueueSize = 0x102,
    TooManyEventRequests = 0x105,
    InvalidVector = 0x108,
    InvalidLogPage = 0x109,
    InvalidQueueDeletion = 0x10c,
    FeatureNotSaveable = 0x10d,
    ReadOnlyRange = 0x182,
    WriteFault = 0x280,
    UnrecoveredRead = 0x281,
};
constexpr std::uint16_t DoNotRetry = 0x4000; // in the completion, with an error

// 5 and 6
enum AdminCommand : std::uint8_t {
    DeleteSubmissionQueue = 0x00,
    CreateSubmissionQueue = 0x01,
    GetLogPage = 0x02,
    DeleteCompletionQueue = 0x04,
    CreateCompletionQueue = 0x05,
    Identify = 0x06,
    AbortCommand = 0x08,
    SetFeatures = 0x09,
    GetFeatures = 0x0a,
    AsynchronousEvent = 0x0c,
};
enum IoCommand : std::uint8_t {
    Flush = 0x00,
    Write = 0x01,
    Read = 0x02,
    WriteZeroes = 0x08,
    DatasetManagement = 0x09,
};

// 5.21.1
enum Feature : std::uint8_t {
    Arbitration = 0x01,
    PowerManagement = 0x02,
    TemperatureThreshold = 0x04,
    ErrorRecovery = 0x05,
    VolatileWriteCache = 0x06,
    NumberOfQueues = 0x07,
    InterruptCoalescing = 0x08,
    VectorConfiguration = 0x09,
    WriteAtomicity = 0x0a,
    EventConfiguration = 0x0b,
    FeatureCount = 0x0c,
};

} // namespace engine::nvme
