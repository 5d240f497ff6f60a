// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest plays now and then, at rates of its own, as one unbroken line of 48 kHz stereo whose
// every frame is at its place in the film: silence where nothing is played, and where two clocks
// drift apart or something was lost, a cut. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace display {

class SoundLine final
{
public:
    static constexpr unsigned Rate = 48000;
    // The line's next frames, left first.
    using Sink = std::function<void(std::span<const std::int16_t>)>;

    explicit SoundLine(Sink sink);
    ~SoundLine();

    // A stream of the guest's begins, at so many frames a second, or ends.
    void open(unsigned rate);
    void close();
    // Whole frames, of which the last is heard at `now` of the film. Not open: nothing.
    void play(std::span<const std::int16_t> samples, std::chrono::microseconds now);
    // That time goes on: the line is never further behind than LongestWait.
    void pass(std::chrono::microseconds now);
    // Silence up to there.
    void finish(std::chrono::microseconds end);

    std::int64_t frames() const { return m_frames; } // so far

    static constexpr std::chrono::milliseconds LongestWait{200};

private:
    class Resampler;

    void correct(std::int64_t late);
    void silence(std::int64_t frames);
    void put(std::span<const std::int16_t> frames);

    const Sink m_sink;
    std::unique_ptr<Resampler> m_resampler; // none while nothing is open
    std::vector<std::int16_t> m_converted;
    std::int64_t m_frames = 0;
    bool m_isFresh = true; // what comes next begins where it belongs
    // How late the line was at least, since when.
    std::optional<std::int64_t> m_leastLate;
    std::int64_t m_measuredFrom = 0;
};

} // namespace display
