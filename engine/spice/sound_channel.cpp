// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/sound_channel.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace engine::spice {

namespace {

constexpr int PacketsAtOnce = 64;
constexpr std::chrono::milliseconds MicrophoneInterval{5}; // how often it is looked at
// What a client is told to play; a card's rates are between (sound_backend.h).
constexpr unsigned LowestRate = 8000;
constexpr unsigned HighestRate = 192000;
static_assert(sizeof(std::uint32_t) == SoundFrameBytes, "the library counts frames as words");

const SpicePlaybackInterface &playbackInterface()
{
    static const SpicePlaybackInterface functions = [] {
        SpicePlaybackInterface playback = {};
        playback.base.type = SPICE_INTERFACE_PLAYBACK;
        playback.base.description = "vitrine";
        playback.base.major_version = SPICE_INTERFACE_PLAYBACK_MAJOR;
        playback.base.minor_version = SPICE_INTERFACE_PLAYBACK_MINOR;
        return playback;
    }();
    return functions;
}

} // namespace

SoundChannel::SoundChannel(SpiceServer *server, PollLoop &loop)
    : m_server(server)
    , m_loop(loop)
    , m_microphone(server)
{
    spice_server_set_playback_compression(m_server, 0);
    m_playback.base.sif = &playbackInterface().base;
    spice_server_add_interface(m_server, &m_playback.base);
    m_loop.add(this);
}

SoundChannel::~SoundChannel()
{
    stop();
    spice_server_remove_interface(&m_playback.base);
    m_loop.remove(this);
}

void SoundChannel::connect(Fd socket)
{
    stop();
    m_microphone.stop();
    m_socket = std::move(socket);
    m_pollIndex = -1;
}

void SoundChannel::preparePoll(PollSet &set)
{
    m_pollIndex = m_socket.isOpen() ? set.add(m_socket.get(), POLLIN) : -1;
    if (m_microphone.isOn())
        set.wakeBy(PollClock::now() + MicrophoneInterval);
}

void SoundChannel::handlePoll(const PollSet &set)
{
    if (set.revents(std::exchange(m_pollIndex, -1)) != 0)
        readAll();
    m_microphone.passOn(m_socket.get());
}

void SoundChannel::readAll()
{
    for (int i = 0; i < PacketsAtOnce; ++i) {
        SoundPacket packet;
        const ssize_t size = ::recv(m_socket.get(), &packet, sizeof packet, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (size < ssize_t(sizeof packet.message))
            return connect({}); // the machine's end has gone
        obey(packet, (std::size_t(size) - sizeof packet.message) / SoundFrameBytes);
    }
}

void SoundChannel::obey(const SoundPacket &packet, std::size_t frames)
{
    switch (packet.message.word) {
    case SoundWord::OpenOutput:
        return start(packet.message.value);
    case SoundWord::CloseOutput:
        return stop();
    case SoundWord::Samples:
        return play(std::span(packet.samples).first(frames * SoundChannels));
    case SoundWord::OpenInput:
        return m_microphone.start(
            std::clamp(packet.message.value, LowestRate, HighestRate));
    case SoundWord::CloseInput:
        return m_microphone.stop();
    case SoundWord::Excess:
        return; // a helper's word
    }
}

void SoundChannel::start(unsigned rate)
{
    stop();
    spice_server_set_playback_rate(&m_playback, std::clamp(rate, LowestRate, HighestRate));
    spice_server_playback_start(&m_playback);
    m_isPlaying = true;
}

void SoundChannel::stop()
{
    if (!std::exchange(m_isPlaying, false))
        return;
    if (!m_buffer.empty()) { // it has to go back, and the rest of it is silence
        std::fill(m_buffer.begin() + std::ptrdiff_t(m_filled), m_buffer.end(), 0u);
        spice_server_playback_put_samples(&m_playback, m_buffer.data());
    }
    m_buffer = {};
    m_filled = 0;
    spice_server_playback_stop(&m_playback);
}

void SoundChannel::play(std::span<const std::int16_t> samples)
{
    while (m_isPlaying && !samples.empty()) {
        if (m_buffer.empty()) {
            std::uint32_t *room = nullptr;
            std::uint32_t frames = 0;
            spice_server_playback_get_buffer(&m_playback, &room, &frames);
            if (room == nullptr || frames == 0)
                return; // nobody listens, or is slow
            m_buffer = {room, frames};
            m_filled = 0;
        }
        const std::size_t count =
            std::min(m_buffer.size() - m_filled, samples.size() / SoundChannels);
        std::memcpy(m_buffer.data() + m_filled, samples.data(), count * SoundFrameBytes);
        m_filled += count;
        samples = samples.subspan(count * SoundChannels);
        if (m_filled == m_buffer.size())
            spice_server_playback_put_samples(&m_playback, std::exchange(m_buffer, {}).data());
    }
}

} // namespace engine::spice
