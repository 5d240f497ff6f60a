// SPDX-License-Identifier: GPL-3.0-or-later
// Where a guest's sound goes and where its microphone is: the host's sound server, a file, nothing.
//
// Nothing here waits: a sound card is paced by the guest's clock, never by who listens. What cannot
// be taken now is lost, what is not there is silence. Streams are used with the card's lock held,
// on the io thread mostly; they and the backend are used by one card only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace engine {

inline constexpr unsigned SoundChannels = 2; // 16 bit each, left first

// What is played. Its end is the stream's end.
class SoundOutput
{
public:
    virtual ~SoundOutput() = default;
    // Whole frames.
    virtual void push(std::span<const std::int16_t> samples) = 0;
    // How much too long (or, below zero, too short) the way to the loudspeaker has become because
    // the two ends' clocks differ; the card goes a little slower or faster by it. nullopt: nobody
    // can tell.
    virtual std::optional<std::chrono::microseconds> excess() = 0;
};

// What is recorded.
class SoundInput
{
public:
    virtual ~SoundInput() = default;
    virtual void pull(std::span<std::int16_t> samples) = 0; // fills all of it
};

class SoundBackend
{
public:
    virtual ~SoundBackend() = default;
    // Never null. `rate` is frames a second, 8000 to 192000.
    virtual std::unique_ptr<SoundOutput> openOutput(unsigned rate) = 0;
    virtual std::unique_ptr<SoundInput> openInput(unsigned rate) = 0;
};

} // namespace engine
