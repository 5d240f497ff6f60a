// SPDX-License-Identifier: GPL-3.0-or-later
// A line of 48 kHz stereo as packets of Opus (RFC 6716), for a film. One thread.
#pragma once

#include "display/film/film_packets.h"
#include "engine/base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct OpusEncoder;

namespace display {

class OpusTrack final
{
public:
    static engine::Result<std::unique_ptr<OpusTrack>> open();
    ~OpusTrack();
    OpusTrack(const OpusTrack &) = delete;
    OpusTrack &operator=(const OpusTrack &) = delete;

    SoundTrack track() const;
    engine::Result<> add(std::span<const std::int16_t> frames);
    engine::Result<> finish(); // with what is begun, and what the encoder has not given yet
    std::vector<SoundPacket> take();

private:
    struct Closer
    {
        void operator()(OpusEncoder *encoder) const;
    };

    explicit OpusTrack(OpusEncoder *encoder)
        : m_encoder(encoder)
    { }
    engine::Result<> encode();

    std::unique_ptr<OpusEncoder, Closer> m_encoder;
    unsigned m_delay = 0; // frames
    std::vector<std::int16_t> m_begun;
    std::vector<SoundPacket> m_packets;
    std::chrono::milliseconds m_next{0};
};

} // namespace display
