// SPDX-License-Identifier: GPL-3.0-or-later
// https://freedesktop.org/software/pulseaudio/doxygen/streams.html
//
// Played samples are handed to the server as it asks for them. How much is on the way is measured
// by the least that waited, here and there, in each half second: if that grows, the guest is a
// little faster than the sound card, and is told so.
#include "app/sound_streams.h"

#include "engine/host/sound_protocol.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <pulse/pulseaudio.h>
#include <sys/socket.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr pa_usec_t OnTheWay = 25'000; // played, at the server
constexpr pa_usec_t AskedFor = 5'000; // at a time
constexpr pa_usec_t Recorded = 10'000; // at a time
constexpr pa_usec_t MostWaiting = 60'000; // here; more is what a machine that stood still caught up
constexpr pa_usec_t Window = 500'000;
constexpr pa_usec_t LookAgain = 2'000'000;
constexpr std::size_t MostFinishing = 4;
constexpr std::uint32_t LeastRate = 8000;
constexpr std::uint32_t MostRate = 192000;
constexpr std::uint32_t Ignored = std::numeric_limits<std::uint32_t>::max();

pa_sample_spec specOf(std::uint32_t rate)
{
    return {PA_SAMPLE_S16LE, std::clamp(rate, LeastRate, MostRate), SoundChannels};
}

std::uint32_t bytesOf(pa_usec_t time, const pa_sample_spec &spec)
{
    return std::uint32_t(pa_usec_to_bytes(time, &spec));
}

void say(std::string_view line)
{
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0)
        std::exit(0); // nobody listens any more
}

struct StreamRelease
{
    void operator()(pa_stream *stream) const
    {
        pa_stream_set_write_callback(stream, nullptr, nullptr);
        pa_stream_set_read_callback(stream, nullptr, nullptr);
        pa_stream_set_state_callback(stream, nullptr, nullptr);
        pa_stream_disconnect(stream);
        pa_stream_unref(stream);
    }
};
using PulseStream = std::unique_ptr<pa_stream, StreamRelease>;

class Streams final
{
public:
    Streams(pa_mainloop_api &loop, int socket)
        : m_loop(loop)
        , m_socket(socket)
    {
        connect();
    }
    Streams(const Streams &) = delete;
    Streams &operator=(const Streams &) = delete;
    ~Streams()
    {
        if (m_again != nullptr)
            m_loop.time_free(m_again);
        disconnect();
    }

    void readSocket()
    {
        SoundPacket packet;
        const ssize_t size = ::recv(m_socket, &packet, sizeof packet, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (size < ssize_t(sizeof packet.message)) {
            m_loop.quit(&m_loop, 0);
            return;
        }
        const std::size_t samples =
            (std::size_t(size) - sizeof packet.message) / SoundFrameBytes * SoundChannels;
        switch (packet.message.word) {
        case SoundWord::OpenOutput:
            finishOutput();
            m_outputRate = packet.message.value;
            openOutput();
            break;
        case SoundWord::CloseOutput:
            finishOutput();
            m_outputRate.reset();
            break;
        case SoundWord::OpenInput:
            m_input.reset();
            m_inputRate = packet.message.value;
            openInput();
            break;
        case SoundWord::CloseInput:
            m_input.reset();
            m_inputRate.reset();
            break;
        case SoundWord::Samples:
            if (m_output)
                take(std::span(packet.samples).first(samples));
            break;
        case SoundWord::Excess: // only from here
            break;
        }
    }

private:
    void connect()
    {
        m_context = pa_context_new(&m_loop, "Vitrine");
        pa_context_set_state_callback(m_context, contextChanged, this);
        if (pa_context_connect(m_context, nullptr, PA_CONTEXT_NOAUTOSPAWN, nullptr) < 0)
            lose();
    }

    void disconnect()
    {
        m_output.reset();
        m_input.reset();
        m_finishing.clear();
        m_waiting.clear();
        if (m_context == nullptr)
            return;
        pa_context_set_state_callback(m_context, nullptr, nullptr);
        pa_context_disconnect(m_context);
        pa_context_unref(m_context);
        m_context = nullptr;
    }

    void lose()
    {
        if (!std::exchange(m_wasToldLost, true))
            say("lost\n");
        m_isReady = false;
        if (m_again == nullptr)
            m_again = pa_context_rttime_new(m_context, pa_rtclock_now() + LookAgain, again, this);
        else
            pa_context_rttime_restart(m_context, m_again, pa_rtclock_now() + LookAgain);
    }

    static void again(pa_mainloop_api *, pa_time_event *, const timeval *, void *self)
    {
        auto *const that = static_cast<Streams *>(self);
        that->disconnect();
        that->connect();
    }

    static void contextChanged(pa_context *context, void *self)
    {
        auto *const that = static_cast<Streams *>(self);
        const pa_context_state_t state = pa_context_get_state(context);
        if (state == PA_CONTEXT_READY) {
            that->m_isReady = true;
            that->m_wasToldLost = false;
            say("ready\n");
            that->openOutput();
            that->openInput();
        } else if (!PA_CONTEXT_IS_GOOD(state)) {
            that->lose();
        }
    }

    void openOutput()
    {
        if (!m_isReady || !m_outputRate)
            return;
        m_outputSpec = specOf(*m_outputRate);
        m_output.reset(pa_stream_new(m_context, "Sound of the machine", &m_outputSpec, nullptr));
        if (!m_output)
            return;
        pa_buffer_attr wanted{};
        wanted.maxlength = Ignored;
        wanted.tlength = bytesOf(OnTheWay, m_outputSpec);
        wanted.prebuf = wanted.tlength;
        wanted.minreq = bytesOf(AskedFor, m_outputSpec);
        wanted.fragsize = Ignored;
        pa_stream_set_write_callback(
            m_output.get(),
            [](pa_stream *, std::size_t, void *self) { static_cast<Streams *>(self)->feed(); },
            this);
        if (pa_stream_connect_playback(m_output.get(), nullptr, &wanted, PA_STREAM_ADJUST_LATENCY,
                                       nullptr, nullptr)
            < 0)
            m_output.reset();
        m_windowEnd = 0;
    }

    void take(std::span<const std::int16_t> samples)
    {
        m_waiting.insert(m_waiting.end(), samples.begin(), samples.end());
        const std::size_t most =
            bytesOf(MostWaiting, m_outputSpec) / SoundFrameBytes * SoundChannels;
        if (m_waiting.size() > most)
            m_waiting.erase(m_waiting.begin(),
                            m_waiting.end()
                                - std::ptrdiff_t(most / 4 / SoundChannels * SoundChannels));
        feed();
    }

    void feed()
    {
        if (!m_output || pa_stream_get_state(m_output.get()) != PA_STREAM_READY)
            return;
        const std::size_t room = pa_stream_writable_size(m_output.get());
        if (room == std::size_t(-1))
            return;
        const std::size_t count =
            std::min(room / SoundFrameBytes * SoundChannels, m_waiting.size());
        if (count != 0)
            write(m_output.get(), count);
        measure();
    }

    void write(pa_stream *stream, std::size_t count)
    {
        m_piece.assign(m_waiting.begin(), m_waiting.begin() + std::ptrdiff_t(count));
        m_waiting.erase(m_waiting.begin(), m_waiting.begin() + std::ptrdiff_t(count));
        pa_stream_write(stream, m_piece.data(), count * sizeof m_piece[0], nullptr, 0,
                        PA_SEEK_RELATIVE);
    }

    // Between half of what the server wants to have and all of it is where it should be at least.
    void measure()
    {
        const pa_buffer_attr *const granted = pa_stream_get_buffer_attr(m_output.get());
        const std::size_t room = pa_stream_writable_size(m_output.get());
        if (granted == nullptr || room == std::size_t(-1))
            return;
        const std::int64_t queued = std::int64_t(granted->tlength) - std::int64_t(room)
            + std::int64_t(m_waiting.size() * sizeof m_waiting[0]);
        const pa_usec_t now = pa_rtclock_now();
        if (m_windowEnd == 0) {
            m_windowEnd = now + Window;
            m_least = std::numeric_limits<std::int64_t>::max();
        }
        m_least = std::min(m_least, queued);
        if (now < m_windowEnd)
            return;
        m_windowEnd = 0;
        const std::int64_t tooMuch = m_least - std::int64_t(granted->tlength) / 2;
        const std::int64_t microseconds =
            tooMuch * 1'000'000 / std::int64_t(pa_bytes_per_second(&m_outputSpec));
        const SoundMessage message{SoundWord::Excess,
                                   std::uint32_t(std::int32_t(std::clamp<std::int64_t>(
                                       microseconds, -1'000'000, 1'000'000)))};
        send(&message, sizeof message);
    }

    // A sound that has ended is still played to its end.
    void finishOutput()
    {
        if (m_output && pa_stream_get_state(m_output.get()) == PA_STREAM_READY) {
            pa_stream_set_write_callback(m_output.get(), nullptr, nullptr);
            if (!m_waiting.empty())
                write(m_output.get(), m_waiting.size());
            if (m_finishing.size() >= MostFinishing)
                m_finishing.pop_front();
            if (pa_operation *const drain = pa_stream_drain(m_output.get(), finished, this)) {
                pa_operation_unref(drain);
                m_finishing.push_back(std::move(m_output));
            }
        }
        m_output.reset();
        m_waiting.clear();
    }

    static void finished(pa_stream *stream, int, void *self)
    {
        auto &finishing = static_cast<Streams *>(self)->m_finishing;
        const auto found =
            std::find_if(finishing.begin(), finishing.end(),
                         [stream](const PulseStream &each) { return each.get() == stream; });
        if (found != finishing.end())
            finishing.erase(found);
    }

    void openInput()
    {
        if (!m_isReady || !m_inputRate)
            return;
        const pa_sample_spec spec = specOf(*m_inputRate);
        m_input.reset(pa_stream_new(m_context, "Microphone of the machine", &spec, nullptr));
        if (!m_input)
            return;
        pa_buffer_attr wanted{};
        wanted.maxlength = wanted.tlength = wanted.prebuf = wanted.minreq = Ignored;
        wanted.fragsize = bytesOf(Recorded, spec);
        pa_stream_set_read_callback(
            m_input.get(),
            [](pa_stream *stream, std::size_t, void *self) {
                static_cast<Streams *>(self)->passOn(stream);
            },
            this);
        if (pa_stream_connect_record(m_input.get(), nullptr, &wanted, PA_STREAM_ADJUST_LATENCY) < 0)
            m_input.reset();
    }

    void passOn(pa_stream *stream)
    {
        const void *data = nullptr;
        std::size_t size = 0;
        while (pa_stream_readable_size(stream) != 0 && pa_stream_peek(stream, &data, &size) == 0
               && size != 0) {
            const auto *at = static_cast<const std::uint8_t *>(data); // null: a gap
            for (std::size_t left = size / SoundFrameBytes; left != 0;) {
                SoundPacket packet;
                packet.message = {SoundWord::Samples, 0};
                const std::size_t frames = std::min(left, MaxSoundFrames);
                if (at != nullptr)
                    std::memcpy(packet.samples.data(), at, frames * SoundFrameBytes);
                else
                    packet.samples.fill(0);
                send(&packet, sizeof packet.message + frames * SoundFrameBytes);
                left -= frames;
                at = at != nullptr ? at + frames * SoundFrameBytes : nullptr;
            }
            pa_stream_drop(stream);
        }
    }

    void send(const void *bytes, std::size_t size)
    {
        [[maybe_unused]] const ssize_t sent =
            ::send(m_socket, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    pa_mainloop_api &m_loop;
    const int m_socket;
    pa_context *m_context = nullptr;
    pa_time_event *m_again = nullptr;
    bool m_isReady = false;
    bool m_wasToldLost = false;

    std::optional<std::uint32_t> m_outputRate; // the machine plays
    std::optional<std::uint32_t> m_inputRate; // the machine records
    pa_sample_spec m_outputSpec = specOf(48000);
    PulseStream m_output;
    PulseStream m_input;
    std::deque<PulseStream> m_finishing;
    std::deque<std::int16_t> m_waiting; // to be played
    std::vector<std::int16_t> m_piece;
    pa_usec_t m_windowEnd = 0; // 0: it begins with the next samples
    std::int64_t m_least = 0; // bytes
};

} // namespace

int runSoundStreams(int socket)
{
    pa_mainloop *const loop = pa_mainloop_new();
    int result = 1;
    {
        pa_mainloop_api *const api = pa_mainloop_get_api(loop);
        Streams streams(*api, socket);
        pa_io_event *const input = api->io_new(
            api, socket, PA_IO_EVENT_INPUT,
            [](pa_mainloop_api *, pa_io_event *, int, pa_io_event_flags_t, void *self) {
                static_cast<Streams *>(self)->readSocket();
            },
            &streams);
        pa_mainloop_run(loop, &result);
        api->io_free(input);
    }
    pa_mainloop_free(loop);
    return result;
}

} // namespace engine
