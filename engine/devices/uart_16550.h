// SPDX-License-Identifier: GPL-3.0-or-later
// A serial port: National PC16550D ("DS" in comments, data sheet of 1995). Region 0: eight bytes.
//
// The line has no speed: what the guest sends is gone at once and what comes is there as soon as
// there is room, so the transmitter is always empty and the receiver never overruns (but in
// loopback). Bytes below the FIFO's trigger level are announced at once as if their time-out had
// passed. The cable is always plugged in: CTS, DSR and DCD are on.
#pragma once

#include "engine/bus/irq_line.h"
#include "engine/devices/isa_device.h"
#include "engine/host/char_backend.h"

#include <deque>
#include <memory>

namespace engine {

class Uart16550 final : public IsaDevice
{
public:
    // The name is that of the saved state: "com1". Without a backend what is sent is lost. The
    // backend's receiver is this port until it is destroyed.
    Uart16550(std::string name, IrqLine &irq, std::shared_ptr<CharBackend> backend);
    ~Uart16550() override;

    void reset() override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

    unsigned baudRate() const; // as the guest set it, of a 1.8432 MHz crystal; the lock is held

private:
    static constexpr std::size_t FifoBytes = 16;

    std::uint8_t readPort(unsigned region, std::uint64_t offset) override;
    void writePort(unsigned region, std::uint64_t offset, std::uint8_t value) override;

    std::size_t receive(std::span<const std::uint8_t> bytes); // takes the lock
    void send(std::uint8_t byte);
    std::uint8_t takeReceived();
    std::uint8_t interruptId() const; // without the FIFO bits
    std::uint8_t readInterruptId();
    void setFifoControl(std::uint8_t value);
    void setModemControl(std::uint8_t value);
    std::uint8_t modemLines() const;
    void noteModemLines();
    std::size_t receiveRoom() const;
    void letMoreIn();
    void updateIrq();

    IrqLine &m_irq;
    const std::shared_ptr<CharBackend> m_backend;

    std::deque<std::uint8_t> m_received;
    std::uint8_t m_interruptEnable = 0;
    std::uint8_t m_fifoControl = 0;
    std::uint8_t m_lineControl = 0;
    std::uint8_t m_modemControl = 0;
    std::uint8_t m_lineErrors = 0; // bits of LSR that reading clears
    std::uint8_t m_modemStatus = 0; // lines and what changed
    std::uint8_t m_scratch = 0;
    std::uint16_t m_divisor = 0;
    bool m_isSentPending = false; // THRE has not been told yet
    bool m_isSenderWaiting = false; // the backend has more than there was room for
};

} // namespace engine
