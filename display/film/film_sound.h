// SPDX-License-Identifier: GPL-3.0-or-later
// The sound of a film: what a guest plays comes on a socket (engine/host/sound_protocol.h), is put
// at its place by the film's clock when it comes, and leaves as packets of Opus without a gap, from
// the film's beginning on, silence included.
//
// It has a thread of its own, which is never kept waiting by a picture: what is not read in time is
// lost. Everything here on any thread.
#pragma once

#include "display/film/film_clock.h"
#include "display/film/opus_track.h"
#include "display/film/sound_line.h"
#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/host/sound_protocol.h"

#include <memory>
#include <mutex>
#include <vector>

namespace display {

class FilmSound final : private engine::PollSource
{
public:
    static engine::Result<std::unique_ptr<FilmSound>> start(std::shared_ptr<const FilmClock> clock);
    ~FilmSound() override;
    FilmSound(const FilmSound &) = delete;
    FilmSound &operator=(const FilmSound &) = delete;

    void hear(engine::Fd socket); // from now on this one
    const SoundTrack &track() const { return m_track; }
    // Those that are ready, in their order; fails when the encoder has.
    engine::Result<std::vector<SoundPacket>> take();
    // The rest, for a film of that length. Nothing follows.
    engine::Result<std::vector<SoundPacket>> finish(std::chrono::milliseconds end);

private:
    FilmSound(std::shared_ptr<const FilmClock> clock, std::unique_ptr<OpusTrack> encoder);
    void preparePoll(engine::PollSet &set) override;
    void handlePoll(const engine::PollSet &set) override;
    void readAll();
    void playHeard(); // what was read so far
    void handOver();

    const std::shared_ptr<const FilmClock> m_clock;
    const std::unique_ptr<OpusTrack> m_encoder; // the thread's, as the next six
    const SoundTrack m_track;
    SoundLine m_line;
    engine::Fd m_socket;
    int m_pollIndex = -1;
    std::vector<std::int16_t> m_heard;
    engine::Result<> m_encoding;

    std::mutex m_mutex; // for the next two
    std::vector<SoundPacket> m_ready;
    engine::Result<> m_outcome;
    std::unique_ptr<engine::PollLoop> m_loop; // last: it uses all of it
};

} // namespace display
