// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/e1000/e1000.h"

#include <algorithm>
#include <utility>

namespace engine::e1000 {

namespace {

constexpr std::uint32_t EthernetController = 0x020000;

// The PHY (M88E1000; Intel 317453, 13.5 and table 13-9).
enum PhyRegister : unsigned {
    PhyControl = 0,
    PhyStatus = 1,
    PhyId1 = 2,
    PhyId2 = 3,
    PhyAdvertised = 4,
    PhyPartner = 5,
    PhyExpansion = 6,
    PhyGigabitControl = 9,
    PhyGigabitStatus = 10,
    PhyExtendedStatus = 15,
    PhySpecificControl = 16,
    PhySpecificStatus = 17,
    PhyExtendedControl = 20,
};
constexpr std::uint16_t PhyLinkStatus = 1 << 2; // of PhyStatus
constexpr std::uint16_t PhyNegotiated = 1 << 5;
constexpr std::uint16_t PhyControlReset = 1 << 15; // of PhyControl, as the next one
constexpr std::uint16_t PhyRestart = 1 << 9;
constexpr unsigned PhyAddress = 1;

// MDIC
constexpr std::uint32_t PhyWrite = 1u << 26;
constexpr std::uint32_t PhyRead = 2u << 26;
constexpr std::uint32_t PhyOperation = 3u << 26;
constexpr std::uint32_t PhyReady = 1u << 28;
constexpr std::uint32_t PhyInterrupts = 1u << 29;
constexpr std::uint32_t PhyError = 1u << 30;
// EERD
constexpr std::uint32_t EepromStart = 1u << 0;
constexpr std::uint32_t EepromDone = 1u << 4;

PciIdentity cardIdentity()
{
    PciIdentity identity;
    identity.vendorId = 0x8086;
    identity.deviceId = 0x100e;
    identity.classCode = EthernetController;
    identity.revision = 3;
    identity.interruptPin = 1;
    return identity;
}

// Registers that only hold what was written, and which bits of it.
std::uint32_t writableBits(std::uint32_t offset)
{
    if ((offset >= MulticastTable && offset < MulticastTable + 512)
        || (offset >= VlanTable && offset < VlanTable + 512))
        return 0xffffffff;
    if (offset >= ReceiveAddresses && offset < ReceiveAddresses + 8 * AddressCount)
        return (offset & 4) == 0 ? 0xffffffff : 0x8003ffff;
    switch (offset) {
    case Control:
        return ~(ControlReset | ControlPhyReset);
    case FlowAddressLow:
    case ReceiveControl:
    case TransmitControl:
    case TransmitConfig:
    case TransmitGap:
    case LedControl:
    case ReceiveBaseHigh:
    case TransmitBaseHigh:
    case ReceiveThresholds:
    case TransmitThresholds:
    case ExtendedControl:
    case ManagementControl:
    case WakeControl:
    case WakeFilter:
        return 0xffffffff;
    case FlowAddressHigh:
    case FlowType:
    case VlanType:
    case FlowTimer:
    case InterruptThrottle:
    case PacketBuffer:
    case FlowThresholdLow:
    case FlowThresholdHigh:
    case ReceiveDelay:
    case ReceiveAbsoluteDelay:
    case TransmitDelay:
    case TransmitAbsoluteDelay:
    case SmallPacket:
    case ReceiveHead:
    case ReceiveTail:
    case TransmitHead:
    case TransmitTail:
        return 0xffff;
    case ReceiveBaseLow:
    case TransmitBaseLow:
        return 0xfffffff0;
    case ReceiveLength:
    case TransmitLength:
        return 0x000fff80;
    case ReceiveChecksum:
        return 0x000003ff;
    default:
        return 0;
    }
}

} // namespace

E1000::E1000(std::string name, const std::array<std::uint8_t, 6> &macAddress, bool isLinkUp,
             GuestClock &clock, net::NetLoop &loop)
    : PciFunction(std::move(name), cardIdentity())
    , m_clock(clock)
    , m_loop(loop)
    , m_macAddress(macAddress)
    , m_eeprom(macAddress)
    , m_throttle(clock.makeTimer(lock(), [this] { updateInterrupt(); }))
    , m_receiveDelay(clock.makeTimer(lock(), [this] { raise(CauseReceived); }))
    , m_transmitDelay(clock.makeTimer(lock(), [this] { raise(CauseSent); }))
    , m_isLinkUp(isLinkUp)
{
    defineBar(MemoryBar, BarKind::Memory32, RegisterBytes);
    defineBar(PortBar, BarKind::Io, PortBytes);
}

E1000::~E1000()
{
    {
        const std::lock_guard guard(lock());
        m_hasLeft = true;
    }
    m_loop.run([this] {
        if (m_isInLoop)
            m_loop.remove(this);
    });
}

void E1000::connectCard(net::NetAdapter *adapter)
{
    m_adapter = adapter;
    m_waitsToSend = false;
    const std::lock_guard guard(lock());
    kick();
}

void E1000::setLinkUp(bool isUp)
{
    const std::lock_guard guard(lock());
    m_isLinkUp = isUp;
    if (m_isRunning)
        showLink();
}

void E1000::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    if (!isRunning)
        return stopDelays();
    showLink();
    updateInterrupt();
    kick();
}

// What the guest sees of the cable follows it while the guest runs.
void E1000::showLink()
{
    const std::uint32_t wanted = m_isLinkUp ? StatusLinkUp : 0;
    if ((stored(Status) & StatusLinkUp) == wanted)
        return;
    stored(Status) = (stored(Status) & ~StatusLinkUp) | wanted;
    raise(CauseLinkChanged);
}

void E1000::resetFunction()
{
    resetRegisters();
    m_eeprom.reset();
    m_portAddress = 0;
    m_nextInterrupt = {};
}

// Also by the guest (CTRL.RST).
void E1000::resetRegisters()
{
    m_registers = {};
    stored(Control) = 0x00140240; // full duplex; speed as it comes
    stored(Status) = StatusGigabit | (m_isLinkUp ? StatusLinkUp : 0);
    stored(LedControl) = 0x07068302;
    stored(PacketBuffer) = 0x00100030;
    const auto &mac = m_macAddress;
    stored(ReceiveAddresses) = loadLe<std::uint32_t>(mac.data());
    stored(ReceiveAddresses + 4) = loadLe<std::uint16_t>(&mac[4]) | AddressValid;
    m_phy = {};
    m_phy[PhyControl] = 0x1140; // negotiates, full duplex, gigabit
    m_phy[PhyStatus] = 0x7949;
    m_phy[PhyId1] = 0x0141;
    m_phy[PhyId2] = 0x0c20;
    m_phy[PhyAdvertised] = 0x0de1;
    m_phy[PhyPartner] = 0x4de1;
    m_phy[PhyExpansion] = 0x0001;
    m_phy[PhyGigabitControl] = 0x0e00;
    m_phy[PhyGigabitStatus] = 0x3c00;
    m_phy[PhyExtendedStatus] = 0x3000;
    m_phy[PhySpecificControl] = 0x0360;
    m_phy[PhyExtendedControl] = 0x0d60;
    m_context = {};
    m_packet = {};
    m_throttle->disarm();
    m_collected = 0;
    m_receiveDelay.end();
    m_transmitDelay.end();
}

std::uint16_t E1000::readPhy(unsigned number) const
{
    const bool isUp = (stored(Status) & StatusLinkUp) != 0;
    switch (number) {
    case PhyStatus:
        return std::uint16_t(m_phy[number] | (isUp ? PhyLinkStatus | PhyNegotiated : 0));
    case PhySpecificStatus: // 1000 Mb/s, full duplex, resolved, link
        return isUp ? 0xac00 : 0x8000;
    default:
        return m_phy[number];
    }
}

void E1000::accessPhy(std::uint32_t value)
{
    const unsigned number = (value >> 16) & 0x1f;
    std::uint32_t answer = (value & ~(PhyReady | PhyError)) | PhyReady;
    if (((value >> 21) & 0x1f) != PhyAddress) {
        answer |= PhyError;
    } else if ((value & PhyOperation) == PhyRead) {
        answer = (answer & 0xffff0000) | readPhy(number);
    } else if ((value & PhyOperation) == PhyWrite) {
        const auto data = std::uint16_t(value);
        switch (number) {
        case PhyControl:
            m_phy[number] = std::uint16_t(data & ~(PhyControlReset | PhyRestart));
            if ((data & (PhyControlReset | PhyRestart)) != 0)
                raise(CauseLinkChanged); // negotiated again at once, with the same outcome
            break;
        case PhyAdvertised:
        case PhyGigabitControl:
        case PhySpecificControl:
        case PhyExtendedControl:
            m_phy[number] = data;
            break;
        default: // pages and power: there is nothing behind them
            break;
        }
    } else {
        answer |= PhyError;
    }
    stored(PhyAccess) = answer;
    if ((value & PhyInterrupts) != 0)
        raise(CausePhyReady);
}

// Registers

std::uint32_t E1000::readRegister(std::uint32_t offset)
{
    if (offset >= StoredBytes)
        return 0;
    if (offset >= StatisticsBegin && offset < StatisticsEnd)
        return std::exchange(stored(offset), 0);
    switch (offset) {
    case EepromControl:
        return m_eeprom.wires();
    case InterruptCause: {
        // Reading clears (13.4.17).
        std::uint32_t causes = std::exchange(stored(InterruptCause), 0);
        if ((causes & stored(InterruptMask)) != 0)
            causes |= CauseAsserted;
        updateInterrupt();
        return causes;
    }
    case InterruptSet:
        return stored(InterruptCause);
    case InterruptMaskClear:
        return 0;
    default:
        return stored(offset);
    }
}

void E1000::writeRegister(std::uint32_t offset, std::uint32_t value)
{
    if (offset >= StoredBytes)
        return;
    if (const std::uint32_t bits = writableBits(offset); bits != 0)
        stored(offset) = value & bits;
    switch (offset) {
    case Control:
        if ((value & ControlReset) != 0) {
            resetRegisters();
            updateInterrupt();
        }
        break;
    case EepromControl:
        m_eeprom.setWires(value);
        break;
    case EepromRead:
        if ((value & EepromStart) != 0) {
            const unsigned word = (value >> 8) & 0xff;
            const std::uint32_t data = word < Eeprom::WordCount ? m_eeprom.word(word) : 0;
            stored(offset) = data << 16 | word << 8 | EepromDone;
        }
        break;
    case PhyAccess:
        accessPhy(value);
        break;
    case InterruptCause:
        stored(offset) &= ~value;
        updateInterrupt();
        break;
    case InterruptSet:
        raise(value & AllCauses);
        break;
    case InterruptMask:
        stored(offset) |= value & AllCauses;
        updateInterrupt();
        break;
    case InterruptMaskClear:
        stored(InterruptMask) &= ~value;
        updateInterrupt();
        break;
    case ReceiveDelay: // FPD: what waits comes now
        if ((value & FlushDelayed) != 0 && m_receiveDelay.end())
            raise(CauseReceived);
        break;
    case TransmitTail:
    case TransmitControl:
    case ReceiveTail:
    case ReceiveControl:
        kick();
        break;
    default:
        break;
    }
}

std::uint64_t E1000::readRegion(unsigned bar, std::uint64_t offset, unsigned size)
{
    std::uint64_t value = 0;
    if (bar == PortBar) { // 13.2: an address, and what is there
        const std::uint32_t word = offset < 4 ? m_portAddress
            : offset < 8                      ? readRegister(m_portAddress & ~3u)
                                              : 0;
        return (std::uint64_t(word) >> (8 * (offset & 3))) & maskOfBytes(size);
    }
    for (std::uint64_t at = offset & ~std::uint64_t(3); at < offset + size; at += 4) {
        const std::uint64_t word = readRegister(std::uint32_t(at));
        value |= at >= offset ? word << (8 * (at - offset)) : word >> (8 * (offset - at));
    }
    return value & maskOfBytes(size);
}

// Only whole registers can be written (13.2).
void E1000::writeRegion(unsigned bar, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (size < 4 || (offset & 3) != 0)
        return;
    if (bar == PortBar) {
        if (offset == 0)
            m_portAddress = std::uint32_t(value) & (RegisterBytes - 1);
        else if (offset == 4)
            writeRegister(m_portAddress & ~3u, std::uint32_t(value));
        return;
    }
    writeRegister(std::uint32_t(offset), std::uint32_t(value));
    if (size == 8)
        writeRegister(std::uint32_t(offset + 4), std::uint32_t(value >> 32));
}

void E1000::configWritten(std::uint32_t, unsigned)
{
    kick(); // it may be bus master now
}

// Frames are the loop's.

void E1000::kick()
{
    if (m_isKicked || m_hasLeft || !m_isRunning)
        return;
    m_isKicked = true;
    m_loop.post([this] { handleKick(); });
}

void E1000::handleKick()
{
    {
        const std::lock_guard guard(lock());
        m_isKicked = false;
        if (m_hasLeft)
            return;
    }
    if (!std::exchange(m_isInLoop, true))
        m_loop.add(this);
    if (m_adapter)
        m_adapter->flush(); // there may be room for what waits
    sendFrames();
}

void E1000::serializeFunction(StateArchive &archive, std::uint32_t)
{
    archive.value(m_registers);
    archive.value(m_phy);
    m_eeprom.serialize(archive);
    archive.value(m_portAddress);
    archive.value(m_context.ipStart);
    archive.value(m_context.ipChecksum);
    archive.value(m_context.ipEnd);
    archive.value(m_context.start);
    archive.value(m_context.checksum);
    archive.value(m_context.end);
    archive.value(m_context.headerBytes);
    archive.value(m_context.segmentBytes);
    archive.value(m_context.isTcp);
    archive.value(m_context.isIpv4);
    archive.list(m_packet.bytes, net::MaxFrameBytes);
    archive.value(m_packet.hasBegun);
    archive.value(m_packet.isTooLong);
    archive.value(m_packet.isSegmented);
    archive.value(m_packet.options);
    archive.value(m_packet.hasVlan);
    archive.value(m_packet.vlan);
    archive.value(m_packet.legacyStart);
    archive.value(m_packet.legacyPlace);
    std::int64_t next = m_nextInterrupt.count();
    archive.value(next);
    // Not later than the longest throttle from now on.
    constexpr std::int64_t Longest = std::int64_t(ThrottleNanoseconds) * 0xffff;
    m_nextInterrupt = GuestTime(std::min(next, m_clock.now().count() + Longest));
    if (archive.isLoading())
        m_portAddress &= RegisterBytes - 1;
}

} // namespace engine::e1000
