// SPDX-License-Identifier: GPL-3.0-or-later
// What a SPICE server plays, handed to a sound backend; by the playback channel of
// spice-client-glib ("SPICE protocol", 8. Playback Channel). Main thread only, that of GLib's
// default main context.
#pragma once

#include "display/open_display.h"
#include "engine/host/sound_backend.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

typedef struct _SpicePlaybackChannel SpicePlaybackChannel;
typedef struct _GParamSpec GParamSpec;

namespace display {

class SpiceSound final
{
public:
    SpiceSound() = default;
    ~SpiceSound() { setChannel(nullptr); }
    SpiceSound(const SpiceSound &) = delete;
    SpiceSound &operator=(const SpiceSound &) = delete;

    // Asked when something is played; none: silence, from now on.
    void setMaker(SoundMaker maker);
    // Not connected yet; null: it has gone.
    void setChannel(SpicePlaybackChannel *channel);

private:
    static void started(SpicePlaybackChannel *, int format, int channels, int rate,
                        SpiceSound *self);
    static void came(SpicePlaybackChannel *, void *data, int bytes, SpiceSound *self);
    static void stopped(SpicePlaybackChannel *, SpiceSound *self);
    static void delayWanted(SpicePlaybackChannel *channel, SpiceSound *self);
    static void volumeChanged(SpicePlaybackChannel *, GParamSpec *, SpiceSound *self);
    void open();
    void push(std::span<const std::int16_t> samples);
    void readVolume();

    SoundMaker m_maker;
    std::shared_ptr<engine::SoundBackend> m_backend;
    std::unique_ptr<engine::SoundOutput> m_output; // while something is played
    SpicePlaybackChannel *m_channel = nullptr; // the session's reference
    unsigned m_rate = 0; // 0: nothing is played
    std::size_t m_channels = 0;
    double m_volume[engine::SoundChannels] = {1, 1};
    std::vector<std::int16_t> m_piece;
};

} // namespace display
