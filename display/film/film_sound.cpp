// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/film_sound.h"

#include <cerrno>
#include <iterator>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace display {

using engine::Fd;
using engine::Result;
using engine::SoundWord;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds Pulse{50}; // silence goes on by it
constexpr int PacketsAtOnce = 512; // more than a socket holds

} // namespace

Result<std::unique_ptr<FilmSound>> FilmSound::start(std::shared_ptr<const FilmClock> clock)
{
    std::unique_ptr<OpusTrack> encoder = TRY(OpusTrack::open());
    std::unique_ptr<FilmSound> sound(new FilmSound(std::move(clock), std::move(encoder)));
    sound->m_loop = TRY(engine::PollLoop::start("film-sound"));
    sound->m_loop->run([&sound] { sound->m_loop->add(sound.get()); });
    return sound;
}

FilmSound::FilmSound(std::shared_ptr<const FilmClock> clock, std::unique_ptr<OpusTrack> encoder)
    : m_clock(std::move(clock))
    , m_encoder(std::move(encoder))
    , m_track(m_encoder->track())
    , m_line([this](std::span<const std::int16_t> frames) {
        if (m_encoding)
            m_encoding = m_encoder->add(frames);
    })
{ }

FilmSound::~FilmSound()
{
    if (m_loop)
        m_loop->run([this] { m_loop->remove(this); });
}

void FilmSound::hear(Fd socket)
{
    m_loop->post([this, given = std::make_shared<Fd>(std::move(socket))] {
        m_line.close();
        m_heard.clear();
        m_socket = std::move(*given);
        m_pollIndex = -1;
    });
}

Result<std::vector<SoundPacket>> FilmSound::take()
{
    const std::lock_guard lock(m_mutex);
    if (!m_outcome)
        return m_outcome.error();
    return std::exchange(m_ready, {});
}

Result<std::vector<SoundPacket>> FilmSound::finish(milliseconds end)
{
    m_loop->run([this, end] {
        readAll();
        m_socket.reset();
        m_line.finish(end);
        if (m_encoding)
            m_encoding = m_encoder->finish();
        handOver();
    });
    Result<std::vector<SoundPacket>> rest = take();
    // What was played in the film's last moment may reach beyond its last picture.
    if (rest)
        std::erase_if(*rest, [end](const SoundPacket &packet) { return packet.at >= end; });
    return rest;
}

void FilmSound::preparePoll(engine::PollSet &set)
{
    m_pollIndex = m_socket.isOpen() ? set.add(m_socket.get(), POLLIN) : -1;
    set.wakeBy(engine::PollClock::now() + Pulse);
}

void FilmSound::handlePoll(const engine::PollSet &set)
{
    if (set.revents(std::exchange(m_pollIndex, -1)) != 0)
        readAll();
    if (m_clock->isRunning())
        m_line.pass(m_clock->now());
    handOver();
}

void FilmSound::readAll()
{
    for (int i = 0; i < PacketsAtOnce && m_socket.isOpen(); ++i) {
        engine::SoundPacket packet;
        const ssize_t size = ::recv(m_socket.get(), &packet, sizeof packet, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (size < ssize_t(sizeof packet.message)) { // the machine's end has gone
            m_socket.reset();
            break;
        }
        const std::size_t frames =
            (std::size_t(size) - sizeof packet.message) / engine::SoundFrameBytes;
        if (packet.message.word == SoundWord::Samples) {
            m_heard.insert(m_heard.end(), packet.samples.begin(),
                           packet.samples.begin()
                               + std::ptrdiff_t(engine::SoundChannels * frames));
        } else if (packet.message.word == SoundWord::OpenOutput) {
            playHeard();
            m_line.open(packet.message.value);
        } else if (packet.message.word == SoundWord::CloseOutput) {
            playHeard();
            m_line.close();
        }
    }
    playHeard();
}

// While the film's clock stands nothing is recorded.
void FilmSound::playHeard()
{
    if (m_clock->isRunning())
        m_line.play(m_heard, m_clock->now());
    m_heard.clear();
}

void FilmSound::handOver()
{
    std::vector<SoundPacket> packets = m_encoder->take();
    const std::lock_guard lock(m_mutex);
    m_ready.insert(m_ready.end(), std::make_move_iterator(packets.begin()),
                   std::make_move_iterator(packets.end()));
    if (m_outcome)
        m_outcome = m_encoding;
}

} // namespace display
