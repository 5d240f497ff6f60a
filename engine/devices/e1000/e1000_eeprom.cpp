// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/e1000/e1000_eeprom.h"

#include <utility>

namespace engine::e1000 {

namespace {

// Bits of EECD (13.4.3).
constexpr std::uint32_t Clock = 1 << 0;
constexpr std::uint32_t Select = 1 << 1;
constexpr std::uint32_t DataIn = 1 << 2; // to the chip
constexpr std::uint32_t DataOut = 1 << 3;
constexpr std::uint32_t Request = 1 << 6;
constexpr std::uint32_t Granted = 1 << 7;
constexpr std::uint32_t Present = 1 << 8; // and no Size bit: 64 words
constexpr std::uint32_t Driven = Clock | Select | DataIn | 0x30 | Request;

// A command: a start bit, two bits of what, six of where.
constexpr unsigned CommandBits = 9;
constexpr unsigned ReadCommand = 6; // start bit, 10

constexpr std::uint16_t WholeSum = 0xbaba; // of all words (5.6.35)

} // namespace

Eeprom::Eeprom(const std::array<std::uint8_t, 6> &macAddress)
{
    m_words.fill(0xffff);
    for (unsigned i = 0; i < 3; ++i)
        m_words[i] = std::uint16_t(macAddress[2 * i] | macAddress[2 * i + 1] << 8);
    // Initialization control 1 (5.6.7): signed, ids from here, full duplex.
    m_words[0x0a] = 0x6403;
    m_words[0x0b] = 0x1100; // subsystem
    m_words[0x0c] = 0x1af4;
    m_words[0x0d] = 0x100e; // device
    m_words[0x0e] = 0x8086;
    m_words[0x0f] = 0x3040; // initialization control 2: signed, flow control
    std::uint16_t sum = 0;
    for (unsigned i = 0; i + 1 < WordCount; ++i)
        sum = std::uint16_t(sum + m_words[i]);
    m_words[WordCount - 1] = std::uint16_t(WholeSum - sum);
}

void Eeprom::reset()
{
    m_wires = 0;
    m_shifted = 0;
    m_bits = 0;
    m_isReading = false;
    m_outBits = 0;
    m_out = 0;
    m_output = true;
}

std::uint32_t Eeprom::wires() const
{
    std::uint32_t value = m_wires | Present;
    if ((m_wires & Request) != 0)
        value |= Granted; // nobody else wants it
    if (m_output)
        value |= DataOut;
    return value;
}

void Eeprom::setWires(std::uint32_t value)
{
    const std::uint32_t before = std::exchange(m_wires, value & Driven);
    if ((m_wires & Select) == 0) {
        m_shifted = 0;
        m_bits = 0;
        m_isReading = false;
        m_outBits = 0;
        m_output = true;
        return;
    }
    if ((before & Select) != 0 && (before & Clock) == 0 && (m_wires & Clock) != 0)
        clock((m_wires & DataIn) != 0);
}

// A rising edge.
void Eeprom::clock(bool input)
{
    if (m_isReading) {
        if (m_outBits == 0) { // words follow each other for as long as they are clocked out
            m_out = word(m_shifted);
            m_shifted = std::uint16_t((m_shifted + 1) % WordCount);
            m_outBits = 16;
        }
        --m_outBits;
        m_output = ((m_out >> m_outBits) & 1) != 0;
        return;
    }
    if (m_bits == 0 && !input)
        return; // before the start bit
    if (m_bits >= CommandBits)
        return; // a command that is not for reading: nothing comes of it
    m_shifted = std::uint16_t(m_shifted << 1 | (input ? 1 : 0));
    if (++m_bits < CommandBits || m_shifted >> 6 != ReadCommand)
        return;
    m_isReading = true;
    m_shifted &= WordCount - 1;
    m_output = false; // a zero comes before the word
}

void Eeprom::serialize(StateArchive &archive)
{
    archive.value(m_wires);
    archive.value(m_shifted);
    archive.value(m_bits);
    archive.value(m_isReading);
    archive.value(m_outBits);
    archive.value(m_out);
    archive.value(m_output);
    if (m_outBits > 16 || m_bits > CommandBits) {
        archive.fail("the EEPROM is in a state it cannot be in");
        reset();
    }
}

} // namespace engine::e1000
