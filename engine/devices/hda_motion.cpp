// SPDX-License-Identifier: GPL-3.0-or-later
// How the controller's streams go on: every few milliseconds, by as much as the guest's clock says,
// from the guest's memory to the backend and back.
#include "engine/devices/hda_controller.h"

#include <algorithm>
#include <utility>

namespace engine::hda {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t Second = 1'000'000'000;
// A host that did nothing for longer does not make up for it: that would be heard, too.
constexpr GuestTime LongestLag = 100ms;
// The most that one round carries of a stream, whatever its format says.
constexpr std::size_t MostBytes = 64 << 10;
constexpr std::int64_t Million = 1'000'000;
// Half a percent is not heard, and ten times what two bad clocks differ by.
constexpr std::int64_t MostCorrection = 5000; // of a million
constexpr std::int64_t MicrosecondsForOne = 4; // of excess, for one millionth of correction
constexpr std::uint64_t PositionBytes = 8;

} // namespace

bool Controller::isMoving(unsigned stream) const
{
    return m_streams[stream].isRunning() && ((m_plain[StreamSync] >> stream) & 1) == 0
        && isBusMaster() && !isInReset();
}

void Controller::updateMoving()
{
    std::uint32_t moving = 0;
    for (unsigned i = 0; i < StreamCount; ++i) {
        if (!isMoving(i))
            continue;
        moving |= 1u << i;
        if ((m_moving >> i & 1) == 0)
            m_paces[i] = {m_clock.now(), 0};
    }
    if (moving == m_moving)
        return;
    m_moving = moving;
    if (moving != 0)
        tellPositions();
    else
        closeUnused();
    armTimer();
}

void Controller::armTimer()
{
    if (!m_isRunning || m_moving == 0)
        m_timer->disarm();
    else if (!m_timer->deadline())
        m_timer->arm(m_clock.now() + Interval);
}

void Controller::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    if (!isRunning) {
        m_output.reset();
        m_input.reset();
    }
    armTimer();
}

void Controller::move()
{
    m_wasPlayed = m_wasRecorded = false;
    const GuestTime now = m_clock.now();
    for (unsigned i = 0; i < StreamCount; ++i)
        if ((m_moving >> i & 1) != 0)
            moveStream(i, framesDue(i, now));
    closeUnused();
    tellPositions();
    updateMoving(); // one may have stopped with an error
    updateInterrupt(false);
    armTimer();
}

std::size_t Controller::framesDue(unsigned stream, GuestTime now)
{
    Pace &pace = m_paces[stream];
    const Format format = m_streams[stream].format();
    std::int64_t passed = std::clamp<GuestTime>(now - pace.last, GuestTime(0), LongestLag).count();
    pace.last = now;
    if (m_output && !m_streams[stream].isInput() && m_codec.isHeard(m_streams[stream].number())) {
        if (const auto excess = m_output->excess())
            passed -= passed
                * std::clamp<std::int64_t>(excess->count() / MicrosecondsForOne, -MostCorrection,
                                           MostCorrection)
                / Million;
    }
    const std::int64_t total =
        std::clamp<std::int64_t>(pace.rest, 0, Second) + passed * format.rate;
    pace.rest = total % Second;
    return std::min(std::size_t(total / Second), MostBytes / format.frameBytes());
}

void Controller::moveStream(unsigned index, std::size_t frames)
{
    if (frames == 0)
        return;
    Stream &stream = m_streams[index];
    const Format format = stream.format();
    m_frames.resize(frames * format.frameBytes());
    m_samples.resize(frames * SoundChannels);
    // A converter is on one stream; should two have its number, the first is it.
    if (stream.isInput()) {
        std::fill(m_frames.begin(), m_frames.end(),
                  std::uint8_t(format.sampleBytes == 1 ? 0x80 : 0));
        if (m_codec.isRecorded(stream.number()) && !std::exchange(m_wasRecorded, true))
            record(format, m_frames);
        stream.advance(*connections().ram, m_frames);
    } else if (stream.advance(*connections().ram, m_frames) && m_codec.isHeard(stream.number())
               && !std::exchange(m_wasPlayed, true)) {
        play(format, m_frames);
    }
}

void Controller::play(const Format &format, std::span<const std::uint8_t> frames)
{
    if (!m_backend)
        return;
    if (!m_output || m_outputRate != format.rate) {
        m_output.reset();
        m_output = m_backend->openOutput(format.rate);
        m_outputRate = format.rate;
    }
    toStereo(format, frames, m_samples);
    m_codec.amplifyOutput(m_samples);
    m_output->push(m_samples);
}

void Controller::record(const Format &format, std::span<std::uint8_t> frames)
{
    if (!m_backend)
        return;
    if (!m_input || m_inputRate != format.rate) {
        m_input.reset();
        m_input = m_backend->openInput(format.rate);
        m_inputRate = format.rate;
    }
    m_input->pull(m_samples);
    m_codec.amplifyInput(m_samples);
    fromStereo(format, m_samples, frames);
}

// What no stream uses any more is let go, a microphone above all.
void Controller::closeUnused()
{
    bool isHeard = false;
    bool isRecorded = false;
    for (unsigned i = 0; i < StreamCount; ++i) {
        if ((m_moving >> i & 1) == 0)
            continue;
        const unsigned number = m_streams[i].number();
        (m_streams[i].isInput() ? isRecorded : isHeard) |=
            m_streams[i].isInput() ? m_codec.isRecorded(number) : m_codec.isHeard(number);
    }
    if (!isHeard)
        m_output.reset();
    if (!isRecorded)
        m_input.reset();
}

// 3.3.32: the position of each stream, for drivers that would rather not ask.
void Controller::tellPositions()
{
    if ((m_plain[PositionLow] & PositionEnable) == 0 || !isBusMaster())
        return;
    const std::uint64_t base = address(PositionLow) & ~std::uint64_t(0x7f);
    for (unsigned i = 0; i < StreamCount; ++i)
        [[maybe_unused]] const bool isMemory = connections().ram->store(
            base + PositionBytes * i, std::uint32_t(m_streams[i].position()));
}

} // namespace engine::hda
