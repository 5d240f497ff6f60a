// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of MMC-6, SPC-3 and ATA8-ACS that both halves of the optical drive use.
#pragma once

#include "engine/devices/atapi_drive.h"

#include <cstdint>

namespace engine::atapi {

constexpr std::uint64_t BlockBytes = 2048;
constexpr std::uint64_t SectorBytes = 512;
constexpr std::uint32_t MaxBlocksAtOnce = 65536;
constexpr std::uint64_t MaxCdBlocks = 80 * 60 * 75 + 4500; // 80 minutes and what is stretched
// ATA8-ACS 7.18.6: command and data bit, direction bit.
constexpr std::uint16_t PacketEnd = 3;

enum AtaCommand : std::uint8_t {
    AtaDeviceReset = 0x08,
    AtaReadSectors = 0x20,
    AtaExecuteDiagnostic = 0x90,
    AtaPacket = 0xa0,
    AtaIdentifyPacket = 0xa1,
    AtaStandbyImmediate = 0xe0,
    AtaIdleImmediate = 0xe1,
    AtaStandby = 0xe2,
    AtaIdle = 0xe3,
    AtaCheckPowerMode = 0xe5,
    AtaSleep = 0xe6,
    AtaIdentify = 0xec,
    AtaSetFeatures = 0xef,
};

// MMC-6 table 241
enum PacketCommand : std::uint8_t {
    TestUnitReady = 0x00,
    RequestSense = 0x03,
    Inquiry = 0x12,
    ModeSense6 = 0x1a,
    StartStop = 0x1b,
    PreventAllow = 0x1e,
    ReadCapacity = 0x25,
    Read10 = 0x28,
    Seek = 0x2b,
    SynchronizeCache = 0x35,
    ReadToc = 0x43,
    GetConfiguration = 0x46,
    GetEventStatus = 0x4a,
    StopPlay = 0x4e,
    ReadDiscInformation = 0x51,
    ReadTrackInformation = 0x52,
    ModeSense10 = 0x5a,
    Read12 = 0xa8,
    ReadDvdStructure = 0xad,
    SetCdSpeed = 0xbb,
    MechanismStatus = 0xbd,
    ReadCd = 0xbe,
};

// MMC-6 annex F
constexpr AtapiSense NoMedium = {0x2, 0x3a, 0x01};
constexpr AtapiSense NoMediumTrayOpen = {0x2, 0x3a, 0x02};
constexpr AtapiSense Unreadable = {0x3, 0x11, 0x00};
constexpr AtapiSense InvalidCommand = {0x5, 0x20, 0x00};
constexpr AtapiSense OutOfRange = {0x5, 0x21, 0x00};
constexpr AtapiSense InvalidField = {0x5, 0x24, 0x00};
constexpr AtapiSense SavingUnsupported = {0x5, 0x39, 0x00};
constexpr AtapiSense RemovalPrevented = {0x5, 0x53, 0x02};
constexpr AtapiSense MediumChanged = {0x6, 0x28, 0x00};

} // namespace engine::atapi
