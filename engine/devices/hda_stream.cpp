// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/hda_stream.h"

#include "engine/base/log.h"

#include <algorithm>
#include <array>
#include <utility>

namespace engine::hda {

namespace {

constexpr std::uint32_t ControlMask = 0xff001f; // number, direction, stripes; enables, RUN, SRST
constexpr std::uint8_t StatusBits = StreamCompleted | StreamFifoError | StreamDescriptorError;
constexpr std::uint64_t EntryBytes = 16;
constexpr std::uint64_t ListMask = ~std::uint64_t(0x7f);
// Of the ICH6 (Intel 301473, 18.2.36): what it reads ahead, less one byte.
constexpr std::uint16_t OutputFifo = 0xbf;
constexpr std::uint16_t InputFifo = 0x77;

std::uint64_t byteAt(std::uint64_t value, unsigned place)
{
    return (value >> (8 * place)) & 0xff;
}

template <class T>
void setByte(T &value, std::uint64_t place, std::uint8_t byte)
{
    const unsigned shift = unsigned(8 * place);
    value = T((value & ~(T(0xff) << shift)) | (T(byte) << shift));
}

} // namespace

void Stream::reset()
{
    m_control = 0;
    m_status = 0;
    m_position = 0;
    m_cyclicLength = 0;
    m_lastIndex = 0;
    m_format = 0;
    m_list = 0;
    m_hasBuffer = false;
    m_index = 0;
    m_bufferAddress = 0;
    m_bufferLength = 0;
    m_bufferOffset = 0;
    m_interruptsOnCompletion = false;
    m_hasLoggedHole = false;
}

std::uint8_t Stream::readByte(std::uint64_t offset) const
{
    std::uint64_t value = 0;
    unsigned place = unsigned(offset & 3);
    switch (offset & ~std::uint64_t(3)) {
    case StreamControl: {
        const auto ready = std::uint32_t(isRunning() && !m_isInput ? StreamFifoReady : 0);
        value = m_control | std::uint64_t(m_status | ready) << 24;
        break;
    }
    case StreamPosition:
        value = m_position;
        break;
    case CyclicLength:
        value = m_cyclicLength;
        break;
    case LastValidIndex:
        value = m_lastIndex;
        break;
    case FifoSize:
        value = std::uint32_t(m_isInput ? InputFifo : OutputFifo) | std::uint32_t(m_format) << 16;
        break;
    case ListLow:
        value = std::uint32_t(m_list);
        break;
    case ListHigh:
        value = m_list >> 32;
        break;
    default:
        break;
    }
    return std::uint8_t(byteAt(value, place));
}

void Stream::writeByte(std::uint64_t offset, std::uint8_t value)
{
    // In reset only the reset bit itself can be written (3.3.35).
    if ((m_control & StreamReset) != 0 && offset != StreamControl)
        return;
    if (offset < StreamStatus) {
        std::uint32_t wanted = m_control;
        setByte(wanted, offset, value);
        wanted &= ControlMask;
        if ((wanted & StreamReset) != 0) {
            reset();
            m_control = StreamReset;
        } else {
            m_control = wanted;
        }
        return;
    }
    switch (offset) {
    case StreamStatus:
        m_status = std::uint8_t(m_status & ~(value & StatusBits));
        return;
    case LastValidIndex:
        m_lastIndex = value;
        return;
    case StreamFormat:
    case StreamFormat + 1:
        setByte(m_format, offset - StreamFormat, value);
        m_format &= 0x7f7f;
        return;
    default:
        break;
    }
    if (offset >= CyclicLength && offset < CyclicLength + 4)
        setByte(m_cyclicLength, offset - CyclicLength, value);
    else if (offset >= ListLow && offset < ListHigh + 4) {
        setByte(m_list, offset - ListLow, value);
        m_list &= ListMask;
    }
}

bool Stream::stopWithError()
{
    m_status |= StreamDescriptorError;
    m_control &= ~StreamRun;
    m_hasBuffer = false;
    return false;
}

// The entry at m_index (3.6.3). Entries without a length are passed over; a list of nothing else is
// an error, so that no guest can make this go round for ever.
bool Stream::nextBuffer(const GuestMemory &ram)
{
    for (unsigned passed = 0; passed <= m_lastIndex; ++passed) {
        std::array<std::uint8_t, EntryBytes> entry = {};
        if (!ram.read(m_list + EntryBytes * m_index, entry))
            return stopWithError();
        m_index = m_index >= m_lastIndex ? 0 : std::uint8_t(m_index + 1);
        m_bufferAddress = loadLe<std::uint64_t>(&entry[0]);
        m_bufferLength = loadLe<std::uint32_t>(&entry[8]);
        m_interruptsOnCompletion = (entry[12] & 1) != 0;
        m_bufferOffset = 0;
        if (m_bufferLength != 0) {
            m_hasBuffer = true;
            return true;
        }
    }
    return stopWithError();
}

bool Stream::advance(const GuestMemory &ram, std::span<std::uint8_t> bytes)
{
    while (!bytes.empty()) {
        if (m_position >= m_cyclicLength) { // the guest made it shorter, or there is none
            m_position = 0;
            m_index = 0;
            m_hasBuffer = false;
            if (m_cyclicLength == 0)
                return stopWithError();
        }
        if (!m_hasBuffer && !nextBuffer(ram))
            return false;
        const std::size_t count =
            std::min({bytes.size(), std::size_t(m_bufferLength - m_bufferOffset),
                      std::size_t(m_cyclicLength - m_position)});
        const auto piece = bytes.first(count);
        const std::uint64_t address = m_bufferAddress + m_bufferOffset;
        if (!(m_isInput ? ram.write(address, piece) : ram.read(address, piece))) {
            if (!m_isInput)
                std::fill(piece.begin(), piece.end(), std::uint8_t(0));
            if (!std::exchange(m_hasLoggedHole, true))
                log(LogLevel::Debug, "hda", "a stream's buffer is not in memory");
        }
        bytes = bytes.subspan(count);
        m_position += std::uint32_t(count);
        m_bufferOffset += std::uint32_t(count);
        const bool isRound = m_position >= m_cyclicLength;
        if (m_bufferOffset >= m_bufferLength) {
            m_hasBuffer = false;
            if (m_interruptsOnCompletion)
                m_status |= StreamCompleted;
        }
        if (isRound) {
            m_position = 0;
            m_index = 0;
            m_hasBuffer = false;
        }
    }
    return true;
}

void Stream::serialize(StateArchive &archive)
{
    archive.value(m_control);
    archive.value(m_status);
    archive.value(m_position);
    archive.value(m_cyclicLength);
    archive.value(m_lastIndex);
    archive.value(m_format);
    archive.value(m_list);
    archive.value(m_hasBuffer);
    archive.value(m_index);
    archive.value(m_bufferAddress);
    archive.value(m_bufferLength);
    archive.value(m_bufferOffset);
    archive.value(m_interruptsOnCompletion);
    if (m_hasBuffer && m_bufferOffset >= m_bufferLength) {
        archive.fail("a sound stream is beyond the end of its buffer");
        m_hasBuffer = false;
    }
    m_control &= 0xffffff;
}

} // namespace engine::hda
