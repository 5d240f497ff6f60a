// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/sound_backends/piped_sound.h"

#include "engine/host/sound_protocol.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <utility>

#include <sys/socket.h>

namespace engine {

namespace {

// What was recorded waits for the guest: at least so much before the first of it is used, so that a
// late packet is no gap, and at most so much, or the guest would hear itself late for ever.
constexpr unsigned FirstMilliseconds = 15;
constexpr unsigned MostMilliseconds = 60;
constexpr unsigned LiveMilliseconds = 500; // after what was recorded last
constexpr int PacketsAtOnce = 64;

// The two streams' common end.
class Pipe final
{
public:
    explicit Pipe(Fd socket)
        : m_socket(std::move(socket))
    { }

    void say(SoundWord word, std::uint32_t value = 0)
    {
        const SoundMessage message{word, value};
        send(&message, sizeof message);
    }

    void play(std::span<const std::int16_t> samples)
    {
        SoundPacket packet;
        packet.message = {SoundWord::Samples, 0};
        while (!samples.empty()) {
            const auto piece = samples.first(std::min(samples.size(), packet.samples.size()));
            std::copy(piece.begin(), piece.end(), packet.samples.begin());
            send(&packet, sizeof packet.message + piece.size_bytes());
            samples = samples.subspan(piece.size());
        }
    }

    void receive()
    {
        for (int i = 0; i < PacketsAtOnce; ++i) {
            SoundPacket packet;
            const ssize_t size = ::recv(m_socket.get(), &packet, sizeof packet, MSG_DONTWAIT);
            if (size < ssize_t(sizeof packet.message))
                return; // nothing, or nobody
            const std::size_t frames =
                (std::size_t(size) - sizeof packet.message) / SoundFrameBytes;
            if (packet.message.word == SoundWord::Excess)
                excess = std::chrono::microseconds(std::int32_t(packet.message.value));
            else if (packet.message.word == SoundWord::Samples && isRecording) {
                hasNews = true;
                recorded.insert(recorded.end(), packet.samples.begin(),
                                packet.samples.begin() + std::ptrdiff_t(SoundChannels * frames));
            }
        }
    }

    std::optional<std::chrono::microseconds> excess;
    bool isRecording = false;
    bool hasNews = false; // something was recorded since this was put back
    bool isLive = false;
    std::deque<std::int16_t> recorded;

private:
    void send(const void *bytes, std::size_t size)
    {
        // A full socket is one that nobody reads; then it is as if nobody listened.
        [[maybe_unused]] const ssize_t sent =
            ::send(m_socket.get(), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    Fd m_socket;
};

class Output final : public SoundOutput
{
public:
    Output(std::shared_ptr<Pipe> pipe, unsigned rate)
        : m_pipe(std::move(pipe))
    {
        m_pipe->excess.reset();
        m_pipe->say(SoundWord::OpenOutput, rate);
    }
    ~Output() override { m_pipe->say(SoundWord::CloseOutput); }
    void push(std::span<const std::int16_t> samples) override { m_pipe->play(samples); }
    std::optional<std::chrono::microseconds> excess() override
    {
        m_pipe->receive();
        return m_pipe->excess;
    }

private:
    const std::shared_ptr<Pipe> m_pipe;
};

class Input final : public SoundInput
{
public:
    Input(std::shared_ptr<Pipe> pipe, unsigned rate)
        : m_pipe(std::move(pipe))
        , m_first(samplesOf(FirstMilliseconds, rate))
        , m_most(samplesOf(MostMilliseconds, rate))
        , m_live(samplesOf(LiveMilliseconds, rate))
    {
        m_pipe->isRecording = true;
        m_pipe->hasNews = m_pipe->isLive = false;
        m_pipe->say(SoundWord::OpenInput, rate);
    }
    ~Input() override
    {
        m_pipe->say(SoundWord::CloseInput);
        m_pipe->isRecording = m_pipe->isLive = false;
        m_pipe->recorded.clear();
    }

    void pull(std::span<std::int16_t> samples) override
    {
        m_pipe->receive();
        noteLife(samples.size());
        std::deque<std::int16_t> &recorded = m_pipe->recorded;
        if (recorded.size() > m_most + samples.size())
            recorded.erase(recorded.begin(),
                           recorded.end() - std::ptrdiff_t(m_first + samples.size()));
        m_hasBegun = m_hasBegun ? recorded.size() >= samples.size()
                                : recorded.size() >= m_first + samples.size();
        if (!m_hasBegun) {
            std::fill(samples.begin(), samples.end(), std::int16_t(0));
            return;
        }
        const auto end = recorded.begin() + std::ptrdiff_t(samples.size());
        std::copy(recorded.begin(), end, samples.begin());
        recorded.erase(recorded.begin(), end);
    }

private:
    void noteLife(std::size_t samples)
    {
        m_sinceNews += samples;
        if (std::exchange(m_pipe->hasNews, false)) {
            m_sinceNews = 0;
            m_pipe->isLive = true;
        } else if (m_sinceNews >= m_live) {
            m_pipe->isLive = false;
        }
    }
    static std::size_t samplesOf(unsigned milliseconds, unsigned rate)
    {
        return std::size_t(rate) * milliseconds / 1000 * SoundChannels;
    }

    const std::shared_ptr<Pipe> m_pipe;
    const std::size_t m_first;
    const std::size_t m_most;
    const std::size_t m_live;
    std::size_t m_sinceNews = 0;
    bool m_hasBegun = false;
};

class Piped final : public PipedSound
{
public:
    explicit Piped(Fd socket)
        : m_pipe(std::make_shared<Pipe>(std::move(socket)))
    { }
    std::unique_ptr<SoundOutput> openOutput(unsigned rate) override
    {
        return std::make_unique<Output>(m_pipe, rate);
    }
    std::unique_ptr<SoundInput> openInput(unsigned rate) override
    {
        return std::make_unique<Input>(m_pipe, rate);
    }
    bool isSpokenInto() const override { return m_pipe->isLive; }

private:
    const std::shared_ptr<Pipe> m_pipe;
};

} // namespace

std::shared_ptr<PipedSound> makePipedSound(Fd socket)
{
    return std::make_shared<Piped>(std::move(socket));
}

} // namespace engine
