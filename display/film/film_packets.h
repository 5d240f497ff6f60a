// SPDX-License-Identifier: GPL-3.0-or-later
// What a film's encoders give, and its file takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace display {

struct EncodedPicture
{
    std::chrono::milliseconds at{0};
    bool isKey = false;
    std::span<const std::uint8_t> data; // until the encoder's next one
};

struct SoundPacket
{
    std::chrono::milliseconds at{0};
    std::vector<std::uint8_t> data;
};

// What a player is to know of the sound.
struct SoundTrack
{
    unsigned rate = 0;
    unsigned channels = 0;
    std::vector<std::uint8_t> codecHead; // RFC 7845, 5.1
    std::chrono::nanoseconds delay{0}; // of the encoder: the first packet begins so much too early
    std::chrono::nanoseconds preRoll{0}; // what is decoded before a jump's goal, RFC 7845, 4.6
};

} // namespace display
