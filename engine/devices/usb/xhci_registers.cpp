// SPDX-License-Identifier: GPL-3.0-or-later
// xHCI 1.1, chapter 5: what reading and writing a register does.
#include "engine/devices/usb/xhci.h"

namespace engine {

using namespace xhci;

namespace {

constexpr std::uint32_t Version = 0x0110;
constexpr std::uint32_t ProtocolName = 0x20425355; // "USB "
constexpr std::uint32_t ProtocolCapability = 2;
constexpr std::uint64_t MicroframeNanoseconds = 125'000;

// 5.3.6: 64-bit addresses, streams but no secondary stream ids; the protocols are next.
constexpr std::uint32_t Parameters1 =
    1u << 0 | 1u << 7 | MaxStreamExponent << 12 | (CapUsb2Protocol / 4) << 16;

std::uint64_t withLow(std::uint64_t before, std::uint32_t low)
{
    return (before & ~std::uint64_t(0xffffffff)) | low;
}

std::uint64_t withHigh(std::uint64_t before, std::uint32_t high)
{
    return (before & 0xffffffff) | std::uint64_t(high) << 32;
}

// 7.2
std::uint32_t protocol(unsigned word, bool isUsb3)
{
    switch (word) {
    case 0:
        return isUsb3
            ? 0x03000000 | ProtocolCapability
            : 0x02000000 | (CapUsb3Protocol - CapUsb2Protocol) / 4 << 8 | ProtocolCapability;
    case 1:
        return ProtocolName;
    case 2:
        return PortPairs << 8 | (isUsb3 ? PortPairs + 1 : 1);
    default:
        return 0;
    }
}

bool isPort(std::uint64_t offset)
{
    return offset >= PortBase && offset < PortBase + PortCount * PortBytes;
}

} // namespace

std::uint32_t Xhci::microframe() const
{
    if ((m_command & CommandRun) == 0)
        return 0;
    const auto passed = std::uint64_t((m_clock.now() - m_startedAt).count());
    return std::uint32_t(passed / MicroframeNanoseconds) & 0x3fff;
}

std::uint32_t Xhci::readRegister(std::uint64_t offset) const
{
    if (isPort(offset))
        return (offset - PortBase) % PortBytes == 0
            ? m_ports[(offset - PortBase) / PortBytes].value()
            : 0;
    if (offset >= CapUsb2Protocol && offset < OperationalBase)
        return protocol(unsigned(offset % 16 / 4), offset >= CapUsb3Protocol);
    switch (offset) {
    case CapLength:
        return Version << 16 | std::uint32_t(OperationalBase);
    case CapStructural1:
        return PortCount << 24 | 1u << 8 | SlotCount;
    case CapStructural2:
        return TableSizeExponent << 4 | 15; // 5.3.4: isochronous rings are read in time
    case CapParameters1:
        return Parameters1;
    case CapDoorbells:
        return std::uint32_t(DoorbellBase);
    case CapRuntime:
        return std::uint32_t(RuntimeBase);
    case OpCommand:
        return m_command;
    case OpStatus:
        return m_status;
    case OpPageSize:
        return 1; // 4 KiB
    case OpNotifications:
        return m_notifications;
    case OpRingLow:
        return m_isCommandRingRunning ? std::uint32_t(RingRunning) : 0;
    case OpContextsLow:
        return std::uint32_t(m_contexts);
    case OpContextsHigh:
        return std::uint32_t(m_contexts >> 32);
    case OpConfig:
        return m_config;
    case RtMicroframe:
        return microframe();
    case RtManagement:
        return m_management;
    case RtModeration:
        return m_moderation;
    case RtTableSize:
        return m_eventRing.tableSize();
    case RtTableLow:
        return std::uint32_t(m_eventRing.table());
    case RtTableHigh:
        return std::uint32_t(m_eventRing.table() >> 32);
    case RtDequeueLow:
        return std::uint32_t(m_eventRing.dequeue()) | (m_isHandlerBusy ? DequeueBusy : 0);
    case RtDequeueHigh:
        return std::uint32_t(m_eventRing.dequeue() >> 32);
    default:
        return 0;
    }
}

void Xhci::writeRegister(std::uint64_t offset, std::uint32_t value)
{
    if (isPort(offset)) {
        if ((offset - PortBase) % PortBytes == 0)
            writePort(unsigned((offset - PortBase) / PortBytes), value);
        return;
    }
    if (offset >= DoorbellBase && offset <= DoorbellBase + 4 * SlotCount)
        return writeDoorbell(unsigned((offset - DoorbellBase) / 4), value);
    switch (offset) {
    case OpCommand:
        return writeCommandRegister(value);
    case OpStatus:
        m_status &= ~(value & StatusCleared);
        return;
    case OpNotifications:
        m_notifications = value & 0xffff;
        return;
    case OpRingLow:
        return writeRingRegister(value);
    case OpRingHigh:
        if (!m_isCommandRingRunning)
            m_commandRing.address = withHigh(m_commandRing.address, value);
        return;
    case OpContextsLow:
        m_contexts = withLow(m_contexts, value & ~63u);
        return;
    case OpContextsHigh:
        m_contexts = withHigh(m_contexts, value);
        return;
    case OpConfig:
        m_config = value & 0xff;
        return;
    case RtManagement:
        m_management &= ~(value & ManagementPending);
        m_management = (m_management & ManagementPending) | (value & ManagementEnable);
        return deliverInterrupt();
    case RtModeration:
        m_moderation = value;
        return;
    case RtTableSize:
        return m_eventRing.setTableSize(value);
    case RtTableLow:
        return m_eventRing.setTable(withLow(m_eventRing.table(), value & ~63u));
    case RtTableHigh:
        m_eventRing.setTable(withHigh(m_eventRing.table(), value));
        if (const GuestMemory *memory = dma(); !memory || !m_eventRing.start(*memory))
            fail(StatusSystemError, "its event ring's table is none");
        return;
    case RtDequeueLow:
        m_eventRing.setDequeue(withLow(m_eventRing.dequeue(), value & ~15u));
        if ((value & DequeueBusy) != 0)
            m_isHandlerBusy = false;
        return;
    case RtDequeueHigh: {
        m_eventRing.setDequeue(withHigh(m_eventRing.dequeue(), value));
        const bool wasFull = !m_waitingEvents.empty();
        flushEvents(true);
        if (!m_isHandlerBusy && !m_eventRing.isEmpty())
            raiseInterrupt();
        if (wasFull && m_waitingEvents.empty())
            kick();
        return;
    }
    default:
        return;
    }
}

void Xhci::writeCommandRegister(std::uint32_t value)
{
    hearBells();
    if ((value & CommandReset) != 0) { // 5.4.1: ends at once
        resetController();
        return;
    }
    const bool wasRunning = (m_command & CommandRun) != 0;
    m_command = value & CommandKept;
    // 4.23.2: what is saved is lost with the power, which this controller has always.
    if ((value & CommandRestore) != 0)
        m_status |= StatusRestoreError;
    if ((m_command & CommandRun) != 0) {
        m_status &= ~std::uint32_t(StatusHalted);
        if (!wasRunning)
            m_startedAt = m_clock.now();
        kick(); // what was heard above, nobody else will look for
    } else {
        m_status |= StatusHalted;
        m_isCommandRingRunning = false;
    }
    deliverInterrupt();
}

void Xhci::writeRingRegister(std::uint32_t value)
{
    if (!m_isCommandRingRunning) {
        m_commandRing.address = withLow(m_commandRing.address, value & ~63u);
        m_commandRing.cycle = (value & RingCycle) != 0;
        return;
    }
    if ((value & (RingStop | RingAbort)) == 0)
        return;
    // 4.6.1.1: between two commands, as none takes its time.
    m_isCommandRingRunning = false;
    m_isCommandDoorbellRung = false;
    postEvent({.parameter = m_commandRing.address,
               .status = std::uint32_t(Completion::RingStopped) << 24,
               .control = std::uint32_t(TrbCommandEvent) << 10});
}

void Xhci::writePort(unsigned port, std::uint32_t value)
{
    bool isDeviceReset = false;
    const std::uint32_t changes = m_ports[port].write(value, isDeviceReset);
    if (isDeviceReset) {
        cancelPort(port + 1, false);
        m_ports[port].backend()->resetDevice();
    }
    tellPort(port + 1, changes);
}

} // namespace engine
