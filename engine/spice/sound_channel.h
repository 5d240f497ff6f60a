// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine plays, for SPICE clients, and what they say (spice-audio.h): the helper's end of a
// sound_protocol.h socket. Of several clients the library lets the one that came last hear it. Uncompressed: the
// library's Opus knows one rate from a client's coming to its going, a sound card does not.
//
// On the server's thread only. Nothing waits: what no client takes now is lost.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/host/sound_protocol.h"
#include "engine/spice/microphone.h"

#include <cstdint>
#include <span>

#include <spice.h>

namespace engine::spice {

class SoundChannel final : public PollSource
{
public:
    SoundChannel(SpiceServer *server, PollLoop &loop);
    ~SoundChannel() override; // before the server

    void connect(Fd socket); // closed: silence

    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

private:
    void readAll();
    void obey(const SoundPacket &packet, std::size_t frames);
    void start(unsigned rate);
    void stop();
    void play(std::span<const std::int16_t> samples);

    SpiceServer *const m_server;
    PollLoop &m_loop;
    SpicePlaybackInstance m_playback = {};
    Microphone m_microphone;
    Fd m_socket;
    int m_pollIndex = -1;
    bool m_isPlaying = false;
    // The library's buffer that is being filled, in frames; none while nobody listens.
    std::span<std::uint32_t> m_buffer;
    std::size_t m_filled = 0;
};

} // namespace engine::spice
