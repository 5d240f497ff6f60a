// SPDX-License-Identifier: GPL-3.0-or-later
// One stream descriptor of a High Definition Audio controller: its registers, and the walk through
// the buffers that the guest's list describes (High Definition Audio Specification 1.0a, 3.3.35 to
// 3.3.42, 3.6.2 and 4.5). When it goes on and how far, the controller says.
//
// Part of the controller: its lock.
#pragma once

#include "engine/bus/guest_memory.h"
#include "engine/bus/state_archive.h"
#include "engine/devices/hda_format.h"
#include "engine/devices/hda_registers.h"

#include <cstdint>
#include <span>

namespace engine::hda {

class Stream final
{
public:
    explicit Stream(bool isInput)
        : m_isInput(isInput)
    { }

    void reset();
    std::uint8_t readByte(std::uint64_t offset) const;
    void writeByte(std::uint64_t offset, std::uint8_t value);
    void serialize(StateArchive &archive);

    bool isInput() const { return m_isInput; }
    bool isRunning() const { return (m_control & StreamRun) != 0; }
    unsigned number() const { return (m_control >> 20) & 0xf; } // on the link
    Format format() const { return parseFormat(m_format); }
    std::uint32_t position() const { return m_position; } // in the cyclic buffer
    // An enabled interrupt waits.
    bool isInterrupting() const
    {
        return (m_status & m_control & (StreamCompleted | StreamFifoError | StreamDescriptorError))
            != 0;
    }

    // Carries that many bytes from the guest's buffers (an output stream) or into them. False when
    // the list is no list: then the stream stops with an error.
    bool advance(const GuestMemory &ram, std::span<std::uint8_t> bytes);

private:
    bool nextBuffer(const GuestMemory &ram);
    bool stopWithError();

    const bool m_isInput;
    std::uint32_t m_control = 0; // 24 bits
    std::uint8_t m_status = 0;
    std::uint32_t m_position = 0;
    std::uint32_t m_cyclicLength = 0;
    std::uint8_t m_lastIndex = 0;
    std::uint16_t m_format = 0;
    std::uint64_t m_list = 0;

    // The buffer that is being carried, as its entry was when it began.
    bool m_hasBuffer = false;
    std::uint8_t m_index = 0; // of the entry that is next
    std::uint64_t m_bufferAddress = 0;
    std::uint32_t m_bufferLength = 0;
    std::uint32_t m_bufferOffset = 0;
    bool m_interruptsOnCompletion = false;
    bool m_hasLoggedHole = false;
};

} // namespace engine::hda
