// SPDX-License-Identifier: GPL-3.0-or-later
// The card's EEPROM: 64 words behind four wires (Microwire, as a 93C46 has them), by which drivers
// find the hardware address (Intel 317453, 5.3 and 5.6). It cannot be written to.
#pragma once

#include "engine/bus/state_archive.h"

#include <array>
#include <cstdint>

namespace engine::e1000 {

class Eeprom final
{
public:
    static constexpr unsigned WordCount = 64;

    explicit Eeprom(const std::array<std::uint8_t, 6> &macAddress);

    void reset();
    std::uint16_t word(unsigned index) const { return m_words[index % WordCount]; }
    // The EECD register.
    std::uint32_t wires() const;
    void setWires(std::uint32_t value);
    void serialize(StateArchive &archive);

private:
    void clock(bool input);

    std::array<std::uint16_t, WordCount> m_words = {};
    std::uint32_t m_wires = 0; // as software drives them
    std::uint16_t m_shifted = 0; // bits of the command that came so far
    std::uint8_t m_bits = 0; // how many, with the start bit
    bool m_isReading = false;
    std::uint8_t m_outBits = 0; // of the word that goes out
    std::uint16_t m_out = 0;
    bool m_output = true; // ready
};

} // namespace engine::e1000
