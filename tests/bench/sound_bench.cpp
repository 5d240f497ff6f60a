// SPDX-License-Identifier: GPL-3.0-or-later
// How long a sample takes from the machine's sound card to the sound server's output, and how much
// of a tone arrives in order: through vitrine-sound and a PulseAudio of its own with a silent
// output, which is listened to. What the listener adds is in the figure. Prints JSON.
//
//   sound_bench [--seconds N] [--busy THREADS]
//
// `--busy` computes beside it on so many threads.
#include "engine/drivers/sound_process.h"
#include "engine/vmm/sound_backends/piped_sound.h"
#include "tests/support/pulse_server.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <deque>
#include <iostream>
#include <mutex>
#include <numbers>
#include <thread>
#include <vector>

#include <pulse/simple.h>

using namespace engine;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t Rate = 48000;
constexpr std::size_t WaveFrames = 100;
constexpr std::size_t FramesAtOnce = Rate / 200; // as the card does it
constexpr std::size_t BurstEvery = Rate / 5; // loud for a tenth of that
constexpr double Quiet = 4000;
constexpr double Loud = 12000;
constexpr int LoudFrom = 6000;

struct Options
{
    int seconds = 20;
    unsigned busy = 0;
};

bool parse(int count, char **words, Options &options)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string word = words[i];
        if (word == "--seconds")
            options.seconds = std::atoi(words[i + 1]);
        else if (word == "--busy")
            options.busy = unsigned(std::atoi(words[i + 1]));
        else
            return false;
    }
    return count % 2 == 1 && options.seconds > 0 && options.busy <= 1024;
}

// What the server gives out, and when each burst and each wave began.
class Ear final
{
public:
    Ear()
    {
        const pa_sample_spec spec{PA_SAMPLE_S16LE, Rate, 1};
        pa_buffer_attr buffer{};
        buffer.maxlength = std::uint32_t(-1);
        buffer.fragsize = 2 * Rate / 1000;
        m_stream = pa_simple_new(nullptr, "sound_bench", PA_STREAM_RECORD, "null.monitor", "ear",
                                 &spec, nullptr, &buffer, nullptr);
        if (m_stream)
            m_thread = std::jthread([this](const std::stop_token &stop) { listen(stop); });
    }
    ~Ear()
    {
        m_thread.request_stop();
        if (m_thread.joinable())
            m_thread.join();
        if (m_stream)
            pa_simple_free(m_stream);
    }
    Ear(const Ear &) = delete;
    Ear &operator=(const Ear &) = delete;

    bool isListening() const { return m_isListening; }
    std::vector<Clock::time_point> bursts() const
    {
        const std::lock_guard lock(m_mutex);
        return m_bursts;
    }
    int waves() const { return m_waves; }
    int wrongWaves() const { return m_wrongWaves; }

private:
    void listen(const std::stop_token &stop)
    {
        std::int16_t samples[Rate / 1000];
        while (!stop.stop_requested()
               && pa_simple_read(m_stream, samples, sizeof samples, nullptr) >= 0) {
            const Clock::time_point end = Clock::now();
            m_isListening = true;
            for (std::size_t i = 0; i < std::size(samples); ++i)
                hear(samples[i],
                     end - std::chrono::microseconds((std::size(samples) - i) * 1'000'000 / Rate));
        }
    }
    void hear(int sample, Clock::time_point when)
    {
        ++m_frame;
        if (sample > LoudFrom && m_frame - m_lastLoud > BurstEvery / 2) {
            const std::lock_guard lock(m_mutex);
            m_bursts.push_back(when);
        }
        if (sample > LoudFrom)
            m_lastLoud = m_frame;
        if (m_before < 0 && sample >= 0) {
            const std::size_t length = m_frame - m_waveBegan;
            if (m_waveBegan != 0 && m_waves++ > 0
                && (length + 1 < WaveFrames || length > WaveFrames + 1))
                ++m_wrongWaves;
            m_waveBegan = m_frame;
        }
        m_before = sample;
    }

    pa_simple *m_stream = nullptr;
    mutable std::mutex m_mutex;
    std::vector<Clock::time_point> m_bursts; // with m_mutex
    std::atomic<bool> m_isListening = false; // silence too
    std::atomic<int> m_waves = 0;
    std::atomic<int> m_wrongWaves = 0;
    std::size_t m_frame = Rate; // the listening thread's, as all below
    std::size_t m_lastLoud = 0;
    std::size_t m_waveBegan = 0;
    int m_before = 0;
    std::jthread m_thread;
};

// Plays as the card does, by this computer's clock. When each burst was handed over.
std::vector<Clock::time_point> play(SoundOutput &output, int seconds)
{
    std::vector<Clock::time_point> bursts;
    std::vector<std::int16_t> samples;
    const Clock::time_point begin = Clock::now();
    for (std::size_t frame = 0; frame < Rate * std::size_t(seconds);) {
        samples.clear();
        bool isBurst = false;
        for (std::size_t i = 0; i < FramesAtOnce; ++i, ++frame) {
            const std::size_t place = frame % BurstEvery;
            isBurst = isBurst || place == 0;
            const double angle = 2 * std::numbers::pi * double(frame % WaveFrames) / WaveFrames;
            const double loudness = place < BurstEvery / 10 ? Loud : Quiet;
            samples.insert(samples.end(), 2, std::int16_t(loudness * std::sin(angle)));
        }
        std::this_thread::sleep_until(begin + std::chrono::microseconds(frame * 1'000'000 / Rate));
        output.push(samples);
        if (isBurst)
            bursts.push_back(Clock::now());
        QCoreApplication::processEvents();
    }
    return bursts;
}

std::vector<double> latencies(const std::vector<Clock::time_point> &played,
                              const std::vector<Clock::time_point> &heard)
{
    std::vector<double> found;
    for (const Clock::time_point &when : played) {
        // Far less than two bursts are apart.
        const auto answer = std::ranges::lower_bound(heard, when);
        if (answer != heard.end() && *answer - when < 150ms)
            found.push_back(std::chrono::duration<double, std::milli>(*answer - when).count());
    }
    std::ranges::sort(found);
    return found;
}

} // namespace

int main(int count, char **words)
{
    const QCoreApplication application(count, words);
    Options options;
    if (!parse(count, words, options)) {
        std::cerr << "sound_bench [--seconds N] [--busy THREADS]\n";
        return 2;
    }
    tests::PulseServer server;
    if (!tests::PulseServer::isInstalled() || !server.start()) {
        std::cerr << "No sound server starts: install pulseaudio and pulseaudio-utils\n";
        return 1;
    }
    SoundProcess process(VITRINE_SOUND_PROGRAM);
    Result<Fd> socket = process.start();
    if (!socket || !QTest::qWaitFor([&] { return process.isHeard(); }, 15000)) {
        std::cerr << "vitrine-sound does not reach the sound server\n";
        return 1;
    }
    const auto sound = makePipedSound(std::move(*socket));
    const Ear ear;
    if (!QTest::qWaitFor([&] { return ear.isListening(); }, 15000)) {
        std::cerr << "The sound server's output cannot be listened to\n";
        return 1;
    }
    std::vector<std::jthread> others;
    for (unsigned i = 0; i < options.busy; ++i)
        others.emplace_back([](const std::stop_token &stop) {
            while (!stop.stop_requested()) { }
        });
    const auto output = sound->openOutput(Rate);
    const std::vector<Clock::time_point> played = play(*output, options.seconds);
    std::this_thread::sleep_for(300ms);
    const std::vector<double> times = latencies(played, ear.bursts());
    if (times.empty()) {
        std::cerr << "Nothing was heard\n";
        return 1;
    }
    const auto at = [&](double part) {
        return times[std::size_t(part * double(times.size() - 1))];
    };
    std::printf("{\"seconds\": %d, \"busy threads\": %u, \"bursts\": %zu, \"heard\": %zu,\n"
                " \"milliseconds\": {\"median\": %.1f, \"p95\": %.1f, \"longest\": %.1f},\n"
                " \"waves\": %d, \"wrong\": %d}\n",
                options.seconds, options.busy, played.size(), times.size(), at(0.5), at(0.95),
                times.back(), ear.waves(), ear.wrongWaves());
    return 0;
}
