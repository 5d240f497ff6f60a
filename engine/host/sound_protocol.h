// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine and its vitrine-sound say to each other on a SOCK_SEQPACKET pair, a message a
// packet: a SoundMessage, and for Samples whole frames of 16 bit stereo after it. Nobody waits for
// room: what does not fit is lost. vitrine-spice and films are helpers that only listen.
#pragma once

#include "engine/host/sound_backend.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace engine {

enum class SoundWord : std::uint32_t {
    OpenOutput = 1, // to the helper; the value is the rate
    CloseOutput,
    OpenInput, // likewise
    CloseInput,
    Samples, // to the helper: to be played; from it: recorded
    Excess, // from the helper: SoundOutput::excess(), as a signed value
};

struct SoundMessage
{
    SoundWord word = SoundWord::CloseOutput;
    std::uint32_t value = 0;
};
static_assert(sizeof(SoundMessage) == 8);

inline constexpr std::size_t MaxSoundFrames = 1024; // in a message
inline constexpr std::size_t SoundFrameBytes = SoundChannels * sizeof(std::int16_t);

struct SoundPacket
{
    SoundMessage message;
    std::array<std::int16_t, MaxSoundFrames * SoundChannels> samples;
};
static_assert(sizeof(SoundPacket) == sizeof(SoundMessage) + MaxSoundFrames * SoundFrameBytes);

} // namespace engine
