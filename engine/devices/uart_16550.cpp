// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/uart_16550.h"

#include <algorithm>
#include <array>

namespace engine {

namespace {

// DS, table II. With the divisor latch open 0 and 1 are the divisor.
enum Register : std::uint8_t {
    Data = 0,
    InterruptEnable = 1,
    InterruptIdOrFifoControl = 2,
    LineControl = 3,
    ModemControl = 4,
    LineStatus = 5,
    ModemStatus = 6,
    Scratch = 7,
};

// Interrupt enable
constexpr std::uint8_t DataEnable = 0x01;
constexpr std::uint8_t SentEnable = 0x02;
constexpr std::uint8_t LineEnable = 0x04;
constexpr std::uint8_t ModemEnable = 0x08;
// Interrupt identification, by priority (DS, table IV)
constexpr std::uint8_t NoInterrupt = 0x01;
constexpr std::uint8_t LineInterrupt = 0x06;
constexpr std::uint8_t DataInterrupt = 0x04;
constexpr std::uint8_t TimeoutInterrupt = 0x0c;
constexpr std::uint8_t SentInterrupt = 0x02;
constexpr std::uint8_t ModemInterrupt = 0x00;
constexpr std::uint8_t FifosEnabled = 0xc0;
// FIFO control
constexpr std::uint8_t FifoEnable = 0x01;
constexpr std::uint8_t ClearReceiver = 0x02;
constexpr std::uint8_t FifoControlKept = 0xc9;
constexpr std::array<std::size_t, 4> TriggerLevels = {1, 4, 8, 14};
// Line control
constexpr std::uint8_t DivisorLatch = 0x80;
// Modem control
constexpr std::uint8_t RequestToSend = 0x02;
constexpr std::uint8_t TerminalReady = 0x01;
constexpr std::uint8_t Out1 = 0x04;
constexpr std::uint8_t Out2 = 0x08;
constexpr std::uint8_t Loopback = 0x10;
constexpr std::uint8_t ModemControlBits = 0x1f;
// Line status
constexpr std::uint8_t DataReady = 0x01;
constexpr std::uint8_t Overrun = 0x02;
constexpr std::uint8_t LineErrors = 0x1e;
constexpr std::uint8_t TransmitterEmpty = 0x60; // holding register and shift register
// Modem status
constexpr std::uint8_t ClearToSend = 0x10;
constexpr std::uint8_t SetReady = 0x20;
constexpr std::uint8_t Ring = 0x40;
constexpr std::uint8_t CarrierDetect = 0x80;
constexpr std::uint8_t Changes = 0x0f;
constexpr std::uint8_t RingEnded = 0x04;

constexpr std::uint16_t DivisorAtReset = 12; // 9600 baud, as firmware leaves it
constexpr unsigned CrystalOver16 = 115200;

} // namespace

Uart16550::Uart16550(std::string name, IrqLine &irq, std::shared_ptr<CharBackend> backend)
    : IsaDevice(std::move(name))
    , m_irq(irq)
    , m_backend(std::move(backend))
{
    {
        const std::lock_guard guard(lock());
        reset();
    }
    if (m_backend)
        m_backend->setReceiver(
            [this](std::span<const std::uint8_t> bytes) { return receive(bytes); });
}

Uart16550::~Uart16550()
{
    if (m_backend)
        m_backend->setReceiver({});
}

// DS, table I; and the other end of the cable starts anew.
void Uart16550::reset()
{
    m_received.clear();
    m_interruptEnable = 0;
    m_fifoControl = 0;
    m_lineControl = 0;
    m_modemControl = 0;
    m_lineErrors = 0;
    m_modemStatus = modemLines();
    m_scratch = 0;
    m_divisor = DivisorAtReset;
    m_isSentPending = false;
    letMoreIn();
    updateIrq();
}

unsigned Uart16550::baudRate() const
{
    return CrystalOver16 / std::max<unsigned>(m_divisor, 1);
}

std::uint8_t Uart16550::readPort(unsigned, std::uint64_t offset)
{
    const bool isDivisor = (m_lineControl & DivisorLatch) != 0;
    switch (offset) {
    case Data:
        return isDivisor ? std::uint8_t(m_divisor) : takeReceived();
    case InterruptEnable:
        return isDivisor ? std::uint8_t(m_divisor >> 8) : m_interruptEnable;
    case InterruptIdOrFifoControl:
        return readInterruptId();
    case LineControl:
        return m_lineControl;
    case ModemControl:
        return m_modemControl;
    case LineStatus: {
        const std::uint8_t status =
            std::uint8_t(m_lineErrors | TransmitterEmpty | (m_received.empty() ? 0 : DataReady));
        m_lineErrors = 0;
        updateIrq();
        return status;
    }
    case ModemStatus: {
        const std::uint8_t status = m_modemStatus;
        m_modemStatus &= std::uint8_t(~Changes);
        updateIrq();
        return status;
    }
    case Scratch:
        return m_scratch;
    default:
        return 0xff;
    }
}

void Uart16550::writePort(unsigned, std::uint64_t offset, std::uint8_t value)
{
    const bool isDivisor = (m_lineControl & DivisorLatch) != 0;
    switch (offset) {
    case Data:
        if (isDivisor)
            m_divisor = std::uint16_t((m_divisor & 0xff00) | value);
        else
            send(value);
        return;
    case InterruptEnable:
        if (isDivisor) {
            m_divisor = std::uint16_t((m_divisor & 0x00ff) | value << 8);
            return;
        }
        // Enabling it with an empty transmitter interrupts (DS, "Interrupt enable register").
        if (~m_interruptEnable & value & SentEnable)
            m_isSentPending = true;
        m_interruptEnable = value & (DataEnable | SentEnable | LineEnable | ModemEnable);
        updateIrq();
        return;
    case InterruptIdOrFifoControl:
        return setFifoControl(value);
    case LineControl:
        m_lineControl = value;
        return;
    case ModemControl:
        return setModemControl(value);
    case Scratch:
        m_scratch = value;
        return;
    default: // the status registers can be written in a factory only
        return;
    }
}

void Uart16550::send(std::uint8_t byte)
{
    m_isSentPending = false;
    updateIrq(); // low in between, so that "empty again" makes an edge
    if (!(m_modemControl & Loopback)) {
        if (m_backend)
            m_backend->write({&byte, 1});
    } else if (receiveRoom() > 0) {
        m_received.push_back(byte);
    } else {
        m_lineErrors |= Overrun;
    }
    m_isSentPending = true;
    updateIrq();
}

std::size_t Uart16550::receiveRoom() const
{
    const std::size_t size = m_fifoControl & FifoEnable ? FifoBytes : 1;
    return size - std::min(size, m_received.size());
}

std::size_t Uart16550::receive(std::span<const std::uint8_t> bytes)
{
    const std::lock_guard guard(lock());
    const std::size_t room = m_modemControl & Loopback ? 0 : receiveRoom(); // the pin is cut off
    const std::size_t taken = std::min(room, bytes.size());
    m_received.insert(m_received.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(taken));
    m_isSenderWaiting = taken < bytes.size();
    updateIrq();
    return taken;
}

std::uint8_t Uart16550::takeReceived()
{
    if (m_received.empty())
        return 0;
    const std::uint8_t byte = m_received.front();
    m_received.pop_front();
    letMoreIn();
    updateIrq();
    return byte;
}

// Once all is read, so that what follows comes in one piece.
void Uart16550::letMoreIn()
{
    if (!m_isSenderWaiting || !m_received.empty() || (m_modemControl & Loopback))
        return;
    m_isSenderWaiting = false;
    m_backend->resumeReceiving();
}

std::uint8_t Uart16550::interruptId() const
{
    if ((m_interruptEnable & LineEnable) && m_lineErrors != 0)
        return LineInterrupt;
    if ((m_interruptEnable & DataEnable) && !m_received.empty()) {
        const bool isBelow =
            (m_fifoControl & FifoEnable) && m_received.size() < TriggerLevels[m_fifoControl >> 6];
        return isBelow ? TimeoutInterrupt : DataInterrupt;
    }
    if ((m_interruptEnable & SentEnable) && m_isSentPending)
        return SentInterrupt;
    if ((m_interruptEnable & ModemEnable) && (m_modemStatus & Changes))
        return ModemInterrupt;
    return NoInterrupt;
}

std::uint8_t Uart16550::readInterruptId()
{
    const std::uint8_t id = interruptId();
    if (id == SentInterrupt) {
        m_isSentPending = false;
        updateIrq();
    }
    return std::uint8_t(id | (m_fifoControl & FifoEnable ? FifosEnabled : 0));
}

void Uart16550::setFifoControl(std::uint8_t value)
{
    // Switching them empties both; the other bits need bit 0 to be set (DS, "FIFO control
    // register").
    const bool isSwitched = ((value ^ m_fifoControl) & FifoEnable) != 0;
    m_fifoControl = value & FifoEnable ? value & FifoControlKept : 0;
    if (isSwitched || ((value & FifoEnable) && (value & ClearReceiver)))
        m_received.clear();
    letMoreIn();
    updateIrq();
}

void Uart16550::setModemControl(std::uint8_t value)
{
    m_modemControl = value & ModemControlBits;
    noteModemLines();
    letMoreIn();
    updateIrq();
}

// In loopback the four outputs are the four inputs (DS, "Modem control register").
std::uint8_t Uart16550::modemLines() const
{
    if (!(m_modemControl & Loopback))
        return ClearToSend | SetReady | CarrierDetect;
    return std::uint8_t((m_modemControl & RequestToSend ? ClearToSend : 0)
                        | (m_modemControl & TerminalReady ? SetReady : 0)
                        | (m_modemControl & Out1 ? Ring : 0)
                        | (m_modemControl & Out2 ? CarrierDetect : 0));
}

void Uart16550::noteModemLines()
{
    const std::uint8_t before = m_modemStatus & std::uint8_t(~Changes);
    const std::uint8_t lines = modemLines();
    auto changes = std::uint8_t((before ^ lines) >> 4);
    if (!(before & Ring) || (lines & Ring)) // only its end counts
        changes &= std::uint8_t(~RingEnded);
    m_modemStatus = std::uint8_t(lines | (m_modemStatus & Changes) | changes);
}

// On a PC the OUT2 pin lets the interrupt through (IBM PC/AT Technical Reference, serial adapter);
// in loopback it is off, whatever its bit says.
void Uart16550::updateIrq()
{
    const bool isThrough = (m_modemControl & (Out2 | Loopback)) == Out2;
    m_irq.set(isThrough && interruptId() != NoInterrupt);
}

void Uart16550::serialize(StateArchive &archive, std::uint32_t)
{
    archive.list(m_received, FifoBytes);
    archive.value(m_interruptEnable);
    archive.value(m_fifoControl);
    archive.value(m_lineControl);
    archive.value(m_modemControl);
    archive.value(m_lineErrors);
    archive.value(m_modemStatus);
    archive.value(m_scratch);
    archive.value(m_divisor);
    archive.value(m_isSentPending);
    if (archive.isSaving())
        return;
    if (archive.hasFailed())
        return reset();
    m_interruptEnable &= DataEnable | SentEnable | LineEnable | ModemEnable;
    m_fifoControl &= FifoControlKept;
    m_modemControl &= ModemControlBits;
    m_lineErrors &= LineErrors;
    letMoreIn();
    updateIrq();
}

} // namespace engine
