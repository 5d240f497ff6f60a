// SPDX-License-Identifier: GPL-3.0-or-later
// Registers and descriptors of the 82540EM: PCI/PCI-X Family of Gigabit Ethernet Controllers
// Software Developer's Manual (Intel 317453), chapters 13 and 3. Offsets are into BAR 0.
#pragma once

#include <cstdint>

namespace engine::e1000 {

enum Register : std::uint32_t {
    Control = 0x0000, // CTRL, 13.4.1
    Status = 0x0008, // 13.4.2
    EepromControl = 0x0010, // EECD, 13.4.3
    EepromRead = 0x0014, // EERD, 13.4.4
    ExtendedControl = 0x0018,
    PhyAccess = 0x0020, // MDIC, 13.4.7
    FlowAddressLow = 0x0028,
    FlowAddressHigh = 0x002c,
    FlowType = 0x0030,
    VlanType = 0x0038, // VET
    InterruptCause = 0x00c0, // ICR, 13.4.17
    InterruptThrottle = 0x00c4, // ITR
    InterruptSet = 0x00c8, // ICS
    InterruptMask = 0x00d0, // IMS
    InterruptMaskClear = 0x00d8, // IMC
    ReceiveControl = 0x0100, // RCTL, 13.4.22
    FlowTimer = 0x0170,
    TransmitConfig = 0x0178,
    ReceiveConfig = 0x0180,
    TransmitControl = 0x0400, // TCTL, 13.4.33
    TransmitGap = 0x0410,
    LedControl = 0x0e00,
    PacketBuffer = 0x1000, // PBA
    FlowThresholdLow = 0x2160,
    FlowThresholdHigh = 0x2168,
    ReceiveBaseLow = 0x2800, // RDBAL
    ReceiveBaseHigh = 0x2804,
    ReceiveLength = 0x2808,
    ReceiveHead = 0x2810,
    ReceiveTail = 0x2818,
    ReceiveDelay = 0x2820,
    ReceiveThresholds = 0x2828,
    ReceiveAbsoluteDelay = 0x282c,
    SmallPacket = 0x2c00,
    TransmitBaseLow = 0x3800, // TDBAL
    TransmitBaseHigh = 0x3804,
    TransmitLength = 0x3808,
    TransmitHead = 0x3810,
    TransmitTail = 0x3818,
    TransmitDelay = 0x3820,
    TransmitThresholds = 0x3828,
    TransmitAbsoluteDelay = 0x382c,
    StatisticsBegin = 0x4000, // cleared by being read, 13.7
    MissedPackets = 0x4010,
    GoodReceived = 0x4074,
    BroadcastsReceived = 0x4078,
    MulticastsReceived = 0x407c,
    GoodSent = 0x4080,
    BytesReceived = 0x4088, // two words
    BytesSent = 0x4090,
    TotalReceived = 0x40d0,
    TotalSent = 0x40d4,
    StatisticsEnd = 0x4128,
    ReceiveChecksum = 0x5000, // RXCSUM
    MulticastTable = 0x5200, // 128 words
    ReceiveAddresses = 0x5400, // 16 pairs
    VlanTable = 0x5600, // 128 words
    WakeControl = 0x5800,
    WakeFilter = 0x5808,
    ManagementControl = 0x5820,
};
inline constexpr std::uint32_t RegisterBytes = 0x20000;
inline constexpr std::uint32_t StoredBytes = 0x5900; // beyond there is nothing
inline constexpr std::uint32_t PortBytes = 64; // of the I/O BAR: address, data
inline constexpr unsigned AddressCount = 16;

inline constexpr std::uint32_t ControlLinkUp = 1u << 6; // SLU
inline constexpr std::uint32_t ControlReset = 1u << 26;
inline constexpr std::uint32_t ControlVlan = 1u << 30;
inline constexpr std::uint32_t ControlPhyReset = 1u << 31;
inline constexpr std::uint32_t StatusLinkUp = 1u << 1;
// Full duplex, 1000 Mb/s (speed and what was detected of it).
inline constexpr std::uint32_t StatusGigabit = 1u << 0 | 2u << 6 | 2u << 8;

enum Cause : std::uint32_t {
    CauseSent = 1u << 0, // TXDW
    CauseQueueEmpty = 1u << 1, // TXQE
    CauseLinkChanged = 1u << 2, // LSC
    CauseFewDescriptors = 1u << 4, // RXDMT0
    CauseOverrun = 1u << 6, // RXO
    CauseReceived = 1u << 7, // RXT0
    CausePhyReady = 1u << 9, // MDAC
    CauseAsserted = 1u << 31,
};
inline constexpr std::uint32_t AllCauses = 0x0001ffff;
// Within this program only: CauseSent, but by the timers (a descriptor's IDE).
inline constexpr std::uint32_t CauseSentLater = 1u << 30;
inline constexpr std::uint32_t FlushDelayed = 1u << 31; // of ReceiveDelay, FPD
inline constexpr std::uint64_t ThrottleNanoseconds = 256;

inline constexpr std::uint32_t ReceiveOn = 1u << 1;
inline constexpr std::uint32_t ReceiveAllUnicast = 1u << 3;
inline constexpr std::uint32_t ReceiveAllMulticast = 1u << 4;
inline constexpr std::uint32_t ReceiveLong = 1u << 5;
inline constexpr std::uint32_t ReceiveBroadcast = 1u << 15;
inline constexpr std::uint32_t ReceiveVlanFilter = 1u << 18;
inline constexpr std::uint32_t ReceiveLargeBuffers = 1u << 25; // BSEX
inline constexpr std::uint32_t ReceiveStripChecksum = 1u << 26; // SECRC
inline constexpr std::uint32_t TransmitOn = 1u << 1;
inline constexpr std::uint32_t TransmitPad = 1u << 3;
inline constexpr std::uint32_t AddressValid = 1u << 31;

inline constexpr std::uint64_t DescriptorBytes = 16;
// Receive descriptors (3.2.3).
inline constexpr std::uint8_t ReceivedDone = 1 << 0;
inline constexpr std::uint8_t ReceivedEnd = 1 << 1;
inline constexpr std::uint8_t ReceivedNoChecksum = 1 << 2; // IXSM
inline constexpr std::uint8_t ReceivedVlan = 1 << 3;
inline constexpr std::uint8_t ReceivedInexact = 1 << 7; // PIF
// Transmit descriptors: commands of all three kinds (3.3.3, 3.3.6, 3.3.7).
inline constexpr std::uint8_t CommandEnd = 1 << 0;
inline constexpr std::uint8_t CommandChecksum = 1 << 2; // legacy
inline constexpr std::uint8_t CommandSegment = 1 << 2; // extended (TSE)
inline constexpr std::uint8_t CommandReport = 1 << 3; // RS
inline constexpr std::uint8_t CommandExtended = 1 << 5;
inline constexpr std::uint8_t CommandVlan = 1 << 6;
inline constexpr std::uint8_t CommandDelay = 1 << 7; // IDE
inline constexpr std::uint8_t ContextTcp = 1 << 0; // of a context's TUCMD
inline constexpr std::uint8_t ContextIpv4 = 1 << 1;
inline constexpr std::uint8_t InsertIpChecksum = 1 << 0; // POPTS
inline constexpr std::uint8_t InsertTransportChecksum = 1 << 1;

} // namespace engine::e1000
