// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of the Serial ATA AHCI 1.3.1 specification: registers in chapter 3, structures in memory
// in chapter 4.
#pragma once

#include <cstdint>

namespace engine::ahci {

constexpr unsigned PortCount = 6;
constexpr unsigned SlotCount = 32;
constexpr std::uint64_t RegisterBytes = 4096;
constexpr std::uint64_t PortBase = 0x100; // 3.3
constexpr std::uint64_t PortBytes = 0x80;

// 3.1
enum HostRegister : std::uint64_t {
    HostCapabilities = 0x00,
    HostControl = 0x04,
    HostInterrupts = 0x08,
    PortsImplemented = 0x0c,
    HostVersion = 0x10,
};

constexpr std::uint32_t ControlReset = 1;
constexpr std::uint32_t ControlInterrupts = 2;
constexpr std::uint32_t ControlEnable = 1u << 31;

// 3.1.1: 64-bit addresses, NCQ, command list override, 6 Gb/s, AHCI only, 32 slots.
constexpr std::uint32_t Capabilities = (1u << 31) | (1u << 30) | (1u << 24) | (3u << 20)
    | (1u << 18) | ((SlotCount - 1) << 8) | (PortCount - 1);
constexpr std::uint32_t Version = 0x00010301;

// 3.3
enum PortRegister : std::uint64_t {
    CommandList = 0x00,
    CommandListHigh = 0x04,
    FisBase = 0x08,
    FisBaseHigh = 0x0c,
    InterruptStatus = 0x10,
    InterruptEnable = 0x14,
    CommandStatus = 0x18,
    TaskFile = 0x20,
    Signature = 0x24,
    SataStatus = 0x28,
    SataControl = 0x2c,
    SataError = 0x30,
    SataActive = 0x34,
    CommandIssue = 0x38,
};

// 3.3.5
constexpr std::uint32_t IntRegisterFis = 1u << 0;
constexpr std::uint32_t IntPioSetup = 1u << 1;
constexpr std::uint32_t IntDeviceBits = 1u << 3;
constexpr std::uint32_t IntPortChange = 1u << 6; // follows SataError
constexpr std::uint32_t IntPhyReady = 1u << 22; // follows SataError
constexpr std::uint32_t IntOverflow = 1u << 24;
constexpr std::uint32_t IntInterfaceFatal = 1u << 27;
constexpr std::uint32_t IntHostBusFatal = 1u << 29;
constexpr std::uint32_t IntTaskFileError = 1u << 30;
constexpr std::uint32_t IntClearable = 0xfd8000af; // 0: reserved, or follows another register
constexpr std::uint32_t IntEnableMask = 0xfdc000ff;

// 3.3.7
constexpr std::uint32_t CmdStart = 1u << 0;
constexpr std::uint32_t CmdSpinUp = 1u << 1; // always, without staggered spin-up
constexpr std::uint32_t CmdPowerOn = 1u << 2; // always, without cold presence detection
constexpr std::uint32_t CmdListOverride = 1u << 3;
constexpr std::uint32_t CmdFisEnable = 1u << 4;
constexpr std::uint32_t CmdSlotShift = 8;
constexpr std::uint32_t CmdFisRunning = 1u << 14;
constexpr std::uint32_t CmdListRunning = 1u << 15;
constexpr std::uint32_t CmdStored = CmdStart | CmdFisEnable | (1u << 24) | (1u << 25);

// 3.3.10 to 3.3.12
constexpr std::uint32_t LinkUp = 0x103; // device and communication; interface active
constexpr std::uint32_t LinkOffline = 0x004;
constexpr std::uint32_t ErrorPhyReadyChange = 1u << 16;
constexpr std::uint32_t ErrorExchanged = 1u << 26;

// 4.2.1: where received FISes go.
constexpr std::uint64_t PioSetupPlace = 0x20;
constexpr std::uint64_t RegisterPlace = 0x40;
constexpr std::uint64_t DeviceBitsPlace = 0x58;

// 4.2.2 and 4.2.3
constexpr std::uint64_t HeaderBytes = 32;
constexpr std::uint64_t PacketPlace = 0x40;
constexpr std::uint64_t RegionTablePlace = 0x80;
constexpr std::uint64_t RegionBytes = 16;

} // namespace engine::ahci
