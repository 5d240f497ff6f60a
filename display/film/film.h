// SPDX-License-Identifier: GPL-3.0-or-later
// A film that is being made of a guest's screen and of what the guest plays: WebM with VP8 and
// Opus. It comes from a module that is loaded for it (open_film.h).
//
// Threads: one makes the film, another encodes pictures and writes, a third has the sound. offer()
// copies the picture and returns at once; while the encoder is behind, pictures are left out.
// Nothing here waits but the destructor, which finishes the film.
//
// Whatever happens to the process or the disk, what was written until a second before can be
// played.
#pragma once

#include "display/film/film_clock.h"
#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/host/frame_source.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace display {

struct FilmRequest
{
    std::string file; // must not exist
    int width = 0; // 0: the first picture's, but at least SmallestWidth x SmallestHeight
    int height = 0;
    int framesPerSecond = 25; // what it is encoded for; pictures may come less often
    int kilobitsPerSecond = 0; // 0: by the size
    std::chrono::milliseconds longest{0}; // 0: no limit
    std::uint64_t mostBytes = 0; // 0: no limit
    // That offer() and finish() go by. None: a film without sound.
    std::shared_ptr<const FilmClock> soundClock = {};

    // Text screens while a machine starts are smaller than what it goes on with.
    static constexpr int SmallestWidth = 1024;
    static constexpr int SmallestHeight = 768;
};

struct FilmState
{
    bool isOver = false; // the file is closed: finished, at a limit, or failed
    std::optional<engine::Error> trouble; // why it ended before its time
    std::uint64_t bytes = 0;
    int pictures = 0; // in the file
    int leftOut = 0; // offered in vain
};

class Film
{
public:
    virtual ~Film() = default;
    // `at`: since the beginning, growing.
    virtual void offer(const engine::Frame &picture, std::chrono::milliseconds at) = 0;
    virtual bool isBusy() const = 0; // an offer would be in vain
    // What the guest plays from now on (engine/host/sound_protocol.h), for a film with sound; until
    // then, and when it ends, there is silence.
    virtual void hear(engine::Fd socket) = 0;
    // The last picture is shown until then; isOver follows.
    virtual void finish(std::chrono::milliseconds at) = 0;
    virtual FilmState state() const = 0;
    virtual FilmState waitUntilOver() = 0; // after finish(); some milliseconds
};

} // namespace display
