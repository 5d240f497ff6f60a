// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of SPC-4, SBC-3 and MMC-6 that several units use.
#pragma once

#include "engine/devices/scsi/scsi_task.h"

#include <cstdint>

namespace engine::scsi {

constexpr std::uint8_t OpticalType = 5; // peripheral device type
constexpr std::uint64_t OpticalBlockBytes = 2048;
constexpr std::uint64_t SectorBytes = 512;
constexpr std::uint32_t MaxBlocksAtOnce = 65536;
constexpr std::uint64_t MaxCdBlocks = 80 * 60 * 75 + 4500; // 80 minutes and what is stretched
// MMC-6 table 241, SPC-4 table 142
enum Command : std::uint8_t {
    TestUnitReady = 0x00,
    RequestSense = 0x03,
    Read6 = 0x08,
    Write6 = 0x0a,
    Inquiry = 0x12,
    ModeSense6 = 0x1a,
    StartStop = 0x1b,
    PreventAllow = 0x1e,
    ReadCapacity = 0x25,
    Read10 = 0x28,
    Write10 = 0x2a,
    Seek = 0x2b,
    Verify10 = 0x2f,
    SynchronizeCache = 0x35,
    WriteSame10 = 0x41,
    Unmap = 0x42,
    ReadToc = 0x43,
    GetConfiguration = 0x46,
    GetEventStatus = 0x4a,
    StopPlay = 0x4e,
    ReadDiscInformation = 0x51,
    ReadTrackInformation = 0x52,
    ModeSense10 = 0x5a,
    Read16 = 0x88,
    Write16 = 0x8a,
    Verify16 = 0x8f,
    SynchronizeCache16 = 0x91,
    WriteSame16 = 0x93,
    ServiceActionIn16 = 0x9e,
    ReportLuns = 0xa0,
    Read12 = 0xa8,
    Write12 = 0xaa,
    ReadDvdStructure = 0xad,
    SetCdSpeed = 0xbb,
    MechanismStatus = 0xbd,
    ReadCd = 0xbe,
};

constexpr std::uint8_t ReadCapacity16 = 0x10; // a service action

// MMC-6 annex F, SPC-4 annex F
constexpr ScsiSense NoMedium = {0x2, 0x3a, 0x01};
constexpr ScsiSense NoMediumTrayOpen = {0x2, 0x3a, 0x02};
constexpr ScsiSense Unreadable = {0x3, 0x11, 0x00};
constexpr ScsiSense WriteFailed = {0x3, 0x0c, 0x00};
constexpr ScsiSense ParameterListLength = {0x5, 0x1a, 0x00};
constexpr ScsiSense InvalidCommand = {0x5, 0x20, 0x00};
constexpr ScsiSense OutOfRange = {0x5, 0x21, 0x00};
constexpr ScsiSense InvalidField = {0x5, 0x24, 0x00};
constexpr ScsiSense NoSuchUnit = {0x5, 0x25, 0x00};
constexpr ScsiSense InvalidParameter = {0x5, 0x26, 0x00};
constexpr ScsiSense SavingUnsupported = {0x5, 0x39, 0x00};
constexpr ScsiSense RemovalPrevented = {0x5, 0x53, 0x02};
constexpr ScsiSense MediumChanged = {0x6, 0x28, 0x00};
constexpr ScsiSense WasReset = {0x6, 0x29, 0x03};
constexpr ScsiSense WriteProtected = {0x7, 0x27, 0x00};

} // namespace engine::scsi
