// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/sound_line.h"

#include <algorithm>
#include <array>

#include <speex/speex_resampler.h>

namespace display {

using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr unsigned Channels = 2;
// Not heard as early or late (ITU-R BT.1359: from 45 ms early, 125 ms late).
constexpr milliseconds MostEarly{40};
constexpr milliseconds MostLate{40};
// What a line that waits in vain still leaves open: sound that is on its way.
constexpr milliseconds Margin{100};
constexpr std::int64_t MeasuredFrames = 2 * SoundLine::Rate;
constexpr int Quality = 5; // of 10
constexpr unsigned LowestRate = 8000; // engine/host/sound_backend.h
constexpr unsigned HighestRate = 192000;

std::int64_t framesIn(microseconds time)
{
    return time.count() * SoundLine::Rate / 1'000'000;
}

} // namespace

class SoundLine::Resampler final
{
public:
    explicit Resampler(unsigned rate)
        : m_rate(rate)
        , m_state(rate == Rate
                      ? nullptr
                      : ::speex_resampler_init(Channels, rate, Rate, Quality, nullptr))
    {
        if (m_state != nullptr)
            ::speex_resampler_skip_zeros(m_state);
    }
    ~Resampler()
    {
        if (m_state != nullptr)
            ::speex_resampler_destroy(m_state);
    }
    Resampler(const Resampler &) = delete;
    Resampler &operator=(const Resampler &) = delete;

    void convert(std::span<const std::int16_t> samples, std::vector<std::int16_t> &to)
    {
        if (m_state == nullptr) { // the same rate, or no memory: then it sounds higher or lower
            to.assign(samples.begin(), samples.end());
            return;
        }
        const std::size_t most = samples.size() / Channels * Rate / m_rate + 64;
        to.resize(most * Channels);
        auto in = spx_uint32_t(samples.size() / Channels);
        auto out = spx_uint32_t(most);
        ::speex_resampler_process_interleaved_int(m_state, samples.data(), &in, to.data(), &out);
        to.resize(std::size_t(out) * Channels);
    }

private:
    const unsigned m_rate;
    SpeexResamplerState *const m_state;
};

SoundLine::SoundLine(Sink sink)
    : m_sink(std::move(sink))
{ }

SoundLine::~SoundLine() = default;

void SoundLine::open(unsigned rate)
{
    m_resampler = std::make_unique<Resampler>(std::clamp(rate, LowestRate, HighestRate));
    m_isFresh = true;
}

void SoundLine::close()
{
    m_resampler.reset();
}

void SoundLine::play(std::span<const std::int16_t> samples, microseconds now)
{
    if (!m_resampler || samples.size() < Channels)
        return;
    m_resampler->convert(samples, m_converted);
    std::span<const std::int16_t> line(m_converted);
    const auto count = std::int64_t(line.size() / Channels);
    // What is written so far and this, against the time that it is.
    const std::int64_t late = framesIn(now) - (m_frames + count);
    if (-late > framesIn(MostEarly))
        line = line.subspan(std::size_t(std::min(count, -late)) * Channels);
    else if (m_isFresh)
        silence(late);
    else
        correct(late);
    if (m_isFresh) {
        m_isFresh = false;
        m_leastLate.reset();
        m_measuredFrom = m_frames;
    }
    put(line);
}

// Packets come late at times; only what is late all the time has moved.
void SoundLine::correct(std::int64_t late)
{
    m_leastLate = std::min(m_leastLate.value_or(late), late);
    if (m_frames - m_measuredFrom < MeasuredFrames)
        return;
    if (*m_leastLate > framesIn(MostLate))
        silence(*m_leastLate);
    m_leastLate.reset();
    m_measuredFrom = m_frames;
}

void SoundLine::pass(microseconds now)
{
    if (framesIn(now) - m_frames <= framesIn(LongestWait))
        return;
    silence(framesIn(now - Margin) - m_frames);
    m_isFresh = true;
}

void SoundLine::finish(microseconds end)
{
    close();
    silence(framesIn(end) - m_frames);
}

void SoundLine::silence(std::int64_t frames)
{
    static constexpr std::array<std::int16_t, 1024 * Channels> Nothing = {};
    while (frames > 0) {
        const std::int64_t piece = std::min<std::int64_t>(frames, Nothing.size() / Channels);
        put(std::span(Nothing).first(std::size_t(piece) * Channels));
        frames -= piece;
    }
}

void SoundLine::put(std::span<const std::int16_t> frames)
{
    if (frames.empty())
        return;
    m_frames += std::int64_t(frames.size() / Channels);
    m_sink(frames);
}

} // namespace display
