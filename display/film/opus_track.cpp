// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/opus_track.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <opus/opus.h>

namespace display {

using engine::Error;
using engine::ErrorKind;
using engine::Result;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

constexpr unsigned Rate = 48000;
constexpr unsigned Channels = 2;
constexpr milliseconds PacketTime{20};
constexpr std::size_t PacketFrames = Rate / 1000 * std::size_t(PacketTime.count());
constexpr int BitsPerSecond = 96'000;
constexpr std::size_t MostPacketBytes = 4000; // opus_encode() recommends it
constexpr milliseconds PreRoll{80};

Error failure(int code)
{
    return {ErrorKind::Io,
            std::string("The encoder of the film's sound failed: ") + ::opus_strerror(code)};
}

void putLittle(std::vector<std::uint8_t> &to, std::uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i)
        to.push_back(std::uint8_t(value >> unsigned(8 * i)));
}

} // namespace

void OpusTrack::Closer::operator()(OpusEncoder *encoder) const
{
    ::opus_encoder_destroy(encoder);
}

Result<std::unique_ptr<OpusTrack>> OpusTrack::open()
{
    int code = OPUS_OK;
    OpusEncoder *const encoder =
        ::opus_encoder_create(Rate, Channels, OPUS_APPLICATION_AUDIO, &code);
    if (encoder == nullptr)
        return failure(code);
    std::unique_ptr<OpusTrack> track(new OpusTrack(encoder));
    opus_int32 delay = 0;
    ::opus_encoder_ctl(encoder, OPUS_SET_BITRATE(BitsPerSecond));
    code = ::opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&delay));
    if (code != OPUS_OK || delay < 0)
        return failure(code);
    track->m_delay = unsigned(delay);
    return track;
}

OpusTrack::~OpusTrack() = default;

SoundTrack OpusTrack::track() const
{
    SoundTrack track;
    track.rate = Rate;
    track.channels = Channels;
    track.delay = nanoseconds(std::int64_t(m_delay) * 1'000'000'000 / Rate);
    track.preRoll = PreRoll;
    constexpr std::string_view Magic = "OpusHead";
    track.codecHead.assign(Magic.begin(), Magic.end());
    putLittle(track.codecHead, 1, 1); // version
    putLittle(track.codecHead, Channels, 1);
    putLittle(track.codecHead, m_delay, 2);
    putLittle(track.codecHead, Rate, 4); // before it was encoded
    putLittle(track.codecHead, 0, 2); // gain
    putLittle(track.codecHead, 0, 1); // left and right
    return track;
}

Result<> OpusTrack::add(std::span<const std::int16_t> frames)
{
    constexpr std::size_t Whole = PacketFrames * Channels;
    while (!frames.empty()) {
        const auto piece = frames.first(std::min(frames.size(), Whole - m_begun.size()));
        m_begun.insert(m_begun.end(), piece.begin(), piece.end());
        frames = frames.subspan(piece.size());
        if (m_begun.size() == Whole)
            TRY(encode());
    }
    return {};
}

Result<> OpusTrack::finish()
{
    m_begun.resize(m_begun.size() + std::size_t(m_delay) * Channels);
    const std::vector<std::int16_t> rest = std::exchange(m_begun, {});
    TRY(add(rest));
    if (m_begun.empty())
        return {};
    m_begun.resize(PacketFrames * Channels);
    return encode();
}

std::vector<SoundPacket> OpusTrack::take()
{
    return std::exchange(m_packets, {});
}

Result<> OpusTrack::encode()
{
    std::array<std::uint8_t, MostPacketBytes> room = {};
    const opus_int32 count = ::opus_encode(m_encoder.get(), m_begun.data(), int(PacketFrames),
                                           room.data(), opus_int32(room.size()));
    if (count < 0)
        return failure(count);
    m_packets.push_back({m_next, {room.begin(), room.begin() + count}});
    m_next += PacketTime;
    m_begun.clear();
    return {};
}

} // namespace display
