// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/spice_sound.h"

#include <algorithm>
#include <utility>

// GLib has a member of this name.
#undef signals
#include <spice-client.h>

namespace display {

namespace {

constexpr guint32 Delay = 30; // milliseconds until it is heard, for pictures that go with it
constexpr unsigned LeastRate = 8000;
constexpr unsigned MostRate = 192000;
constexpr int MostChannels = 8;
constexpr double FullVolume = 65535;

} // namespace

void SpiceSound::setMaker(SoundMaker maker)
{
    m_output.reset();
    m_backend.reset();
    m_maker = std::move(maker);
    open();
}

void SpiceSound::setChannel(SpicePlaybackChannel *channel)
{
    if (m_channel != nullptr)
        g_signal_handlers_disconnect_by_data(m_channel, this);
    m_output.reset();
    m_rate = 0;
    m_channel = channel;
    if (m_channel == nullptr)
        return;
    const auto listen = [this](const char *signal, GCallback handler) {
        g_signal_connect(m_channel, signal, handler, this);
    };
    listen("playback-start", G_CALLBACK(started));
    listen("playback-data", G_CALLBACK(came));
    listen("playback-stop", G_CALLBACK(stopped));
    listen("playback-get-delay", G_CALLBACK(delayWanted));
    listen("notify::volume", G_CALLBACK(volumeChanged));
    listen("notify::mute", G_CALLBACK(volumeChanged));
}

void SpiceSound::started(SpicePlaybackChannel *, int format, int channels, int rate,
                         SpiceSound *self)
{
    const bool isKnown = format == SPICE_AUDIO_FMT_S16 && channels > 0 && channels <= MostChannels
        && rate >= int(LeastRate) && rate <= int(MostRate);
    self->m_output.reset();
    self->m_rate = isKnown ? unsigned(rate) : 0;
    self->m_channels = std::size_t(isKnown ? channels : 0);
    self->open();
}

void SpiceSound::open()
{
    if (m_rate == 0 || !m_maker)
        return;
    if (!m_backend)
        m_backend = m_maker();
    if (m_backend)
        m_output = m_backend->openOutput(m_rate);
}

void SpiceSound::came(SpicePlaybackChannel *, void *data, int bytes, SpiceSound *self)
{
    if (self->m_output && bytes > 0)
        self->push({static_cast<const std::int16_t *>(data), std::size_t(bytes) / 2});
}

// As two channels, at the volume that the guest's mixer has.
void SpiceSound::push(std::span<const std::int16_t> samples)
{
    m_piece.clear();
    for (std::size_t at = 0; at + m_channels <= samples.size(); at += m_channels) {
        for (std::size_t side = 0; side < engine::SoundChannels; ++side) {
            const double sample = samples[at + std::min(side, m_channels - 1)];
            m_piece.push_back(std::int16_t(sample * m_volume[side]));
        }
    }
    m_output->push(m_piece);
}

void SpiceSound::stopped(SpicePlaybackChannel *, SpiceSound *self)
{
    self->m_output.reset();
    self->m_rate = 0;
}

void SpiceSound::delayWanted(SpicePlaybackChannel *channel, SpiceSound *)
{
    spice_playback_channel_set_delay(channel, Delay);
}

void SpiceSound::volumeChanged(SpicePlaybackChannel *, GParamSpec *, SpiceSound *self)
{
    self->readVolume();
}

void SpiceSound::readVolume()
{
    gpointer volumes = nullptr;
    guint count = 0;
    gboolean isMuted = FALSE;
    g_object_get(m_channel, "volume", &volumes, "nchannels", &count, "mute", &isMuted, nullptr);
    const auto *const known = static_cast<const guint16 *>(volumes); // the channel's
    for (std::size_t side = 0; side < engine::SoundChannels; ++side) {
        m_volume[side] = known == nullptr || count == 0
            ? 1
            : known[std::min<std::size_t>(side, count - 1)] / FullVolume;
        if (isMuted != FALSE)
            m_volume[side] = 0;
    }
}

} // namespace display
