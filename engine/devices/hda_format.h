// SPDX-License-Identifier: GPL-3.0-or-later
// A stream's format as its register says it (High Definition Audio Specification 1.0a, 3.7.1), and
// samples in memory to and from 16 bit stereo. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>

namespace engine::hda {

struct Format
{
    unsigned rate = 48000; // frames a second
    unsigned channels = 2; // 1 to 16
    unsigned sampleBytes = 2; // the container's: 1, 2 or 4

    unsigned frameBytes() const { return channels * sampleBytes; }
    bool operator==(const Format &) const = default;
};

inline Format parseFormat(std::uint16_t value)
{
    Format format;
    const unsigned base = (value & 0x4000) != 0 ? 44100 : 48000;
    const unsigned multiplier = 1 + ((value >> 11) & 7);
    const unsigned divisor = 1 + ((value >> 8) & 7);
    // Reserved multipliers (above 4) mean nothing to a codec.
    format.rate = base * (multiplier > 4 ? 1 : multiplier) / divisor;
    format.channels = 1u + (value & 0xf);
    const unsigned bits = (value >> 4) & 7;
    format.sampleBytes = bits == 0 ? 1 : bits == 1 ? 2 : 4;
    return format;
}

// The first two channels; a single one is heard on both sides. `samples` has two for each frame.
inline void toStereo(const Format &format, std::span<const std::uint8_t> frames,
                     std::span<std::int16_t> samples)
{
    const auto sampleAt = [&](std::size_t place) {
        const std::uint8_t *const at = &frames[place];
        switch (format.sampleBytes) {
        case 1:
            return std::int16_t((int(at[0]) - 0x80) * 256);
        case 2:
            return std::int16_t(at[0] | at[1] << 8);
        default:
            return std::int16_t(at[2] | at[3] << 8);
        }
    };
    for (std::size_t frame = 0; 2 * frame + 1 < samples.size(); ++frame) {
        const std::size_t place = frame * format.frameBytes();
        if (place + format.frameBytes() > frames.size()) {
            samples[2 * frame] = samples[2 * frame + 1] = 0;
            continue;
        }
        samples[2 * frame] = sampleAt(place);
        samples[2 * frame + 1] =
            format.channels == 1 ? samples[2 * frame] : sampleAt(place + format.sampleBytes);
    }
}

inline void fromStereo(const Format &format, std::span<const std::int16_t> samples,
                       std::span<std::uint8_t> frames)
{
    std::size_t place = 0;
    for (std::size_t frame = 0; 2 * frame + 1 < samples.size(); ++frame) {
        for (unsigned channel = 0; channel < format.channels; ++channel) {
            const int sample = channel < 2 ? samples[2 * frame + channel] : 0;
            if (place + format.sampleBytes > frames.size())
                return;
            std::uint8_t *const at = &frames[place];
            place += format.sampleBytes;
            if (format.sampleBytes == 1) {
                at[0] = std::uint8_t((sample >> 8) + 0x80);
                continue;
            }
            at[0] = at[1] = 0;
            at[format.sampleBytes - 2] = std::uint8_t(sample);
            at[format.sampleBytes - 1] = std::uint8_t(sample >> 8);
        }
    }
}

} // namespace engine::hda
