// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/vp8_film.h"

#include "display/film/film_sound.h"
#include "display/film/vp8_encoder.h"
#include "display/film/webm_file.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace display {

using engine::Error;
using engine::ErrorKind;
using engine::Frame;
using engine::Result;
using std::chrono::milliseconds;

namespace {

constexpr int Niceness = 5; // the guest's processors come first
constexpr milliseconds SoundPatience{200}; // how long sound waits to be written

// A copy of the guest's picture: it goes on drawing.
struct Copy
{
    std::vector<std::uint8_t> pixels;
    Frame frame;
    milliseconds at{0};

    void take(const Frame &picture, milliseconds when)
    {
        const std::size_t bytesPerPixel = picture.format == engine::PixelFormat::Xrgb32 ? 4U : 2U;
        const std::size_t row = std::size_t(picture.width) * bytesPerPixel;
        pixels.resize(row * std::size_t(picture.height));
        for (int y = 0; y < picture.height; ++y)
            std::copy_n(picture.pixels + std::ptrdiff_t(y) * picture.strideBytes, row,
                        pixels.data() + row * std::size_t(y));
        frame = {};
        frame.pixels = pixels.data();
        frame.width = picture.width;
        frame.height = picture.height;
        frame.strideBytes = std::ptrdiff_t(row);
        frame.format = picture.format;
        at = when;
    }
};

class Vp8Film final : public Film
{
public:
    // `sound`: none for a silent film.
    Vp8Film(FilmRequest request, std::unique_ptr<FilmSound> sound)
        : m_request(std::move(request))
        , m_sound(std::move(sound))
        , m_thread([this] { run(); })
    { }
    ~Vp8Film() override
    {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_end)
                m_end = m_lastOffer;
        }
        m_changed.notify_one();
        if (m_thread.joinable())
            m_thread.join();
    }

    FilmState waitUntilOver() override
    {
        finish(m_lastOffer); // unless it was before
        if (m_thread.joinable())
            m_thread.join();
        return m_state;
    }

    void offer(const Frame &picture, milliseconds at) override
    {
        {
            const std::lock_guard lock(m_mutex);
            if (m_state.isOver || m_end || picture.isEmpty())
                return;
            m_lastOffer = at;
            if (m_hasPicture || m_isEncoding) {
                ++m_state.leftOut;
                return;
            }
        }
        // The other thread leaves it alone until there is one.
        m_copy.take(picture, at);
        {
            const std::lock_guard lock(m_mutex);
            m_hasPicture = true;
        }
        m_changed.notify_one();
    }

    bool isBusy() const override
    {
        const std::lock_guard lock(m_mutex);
        return m_hasPicture || m_isEncoding;
    }

    void hear(engine::Fd socket) override
    {
        if (m_sound)
            m_sound->hear(std::move(socket));
    }

    void finish(milliseconds at) override
    {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_end)
                m_end = at;
        }
        m_changed.notify_one();
    }

    FilmState state() const override
    {
        const std::lock_guard lock(m_mutex);
        return m_state;
    }

private:
    void run() noexcept
    {
        ::setpriority(PRIO_PROCESS, id_t(::syscall(SYS_gettid)), Niceness);
        Result<> made = makeAll();
        const std::lock_guard lock(m_mutex);
        if (!made)
            m_state.trouble = std::move(made).error();
        m_state.isOver = true;
    }

    // The first picture decides how large the film is.
    Result<> begin()
    {
        const Frame &first = m_copy.frame;
        const bool isGiven = m_request.width > 0 && m_request.height > 0;
        const int width =
            isGiven ? m_request.width : std::max(first.width, FilmRequest::SmallestWidth);
        const int height =
            isGiven ? m_request.height : std::max(first.height, FilmRequest::SmallestHeight);
        TRY(m_encoder.open(width, height, m_request));
        m_file = TRY(WebmFile::create(m_request.file, {width, height},
                                      m_sound ? std::optional(m_sound->track()) : std::nullopt));
        return {};
    }

    Result<> encode(milliseconds at)
    {
        const milliseconds length(1000 / std::max(1, m_request.framesPerSecond));
        // libvpx wants time to go on.
        const milliseconds when =
            m_lastWritten ? std::max(at, *m_lastWritten + milliseconds(1)) : at;
        m_lastWritten = when;
        const std::optional<EncodedPicture> picture =
            TRY(m_encoder.encode(m_copy.frame, when, length));
        return picture ? m_file->add(*picture) : Result<>();
    }

    Result<> write(const std::vector<SoundPacket> &packets)
    {
        for (const SoundPacket &packet : packets)
            TRY(m_file->add(packet));
        return {};
    }

    // Before the first picture there is no sound either.
    Result<> writeSound()
    {
        if (!m_sound || !m_file)
            return {};
        const std::vector<SoundPacket> packets = TRY(m_sound->take());
        return write(packets);
    }

    bool isAtLimit() const
    {
        return (m_request.mostBytes > 0 && m_file->bytes() >= m_request.mostBytes)
            || (m_request.longest.count() > 0 && *m_lastWritten >= m_request.longest);
    }

    Result<> makeAll()
    {
        for (;;) {
            TRY(writeSound());
            {
                std::unique_lock lock(m_mutex);
                const auto isAsked = [this] { return m_hasPicture || m_end; };
                if (!m_sound)
                    m_changed.wait(lock, isAsked);
                else if (!m_changed.wait_for(lock, SoundPatience, isAsked))
                    continue;
                if (!m_hasPicture) {
                    const milliseconds end = *m_end;
                    lock.unlock();
                    return close(end);
                }
                m_isEncoding = true;
                m_hasPicture = false;
            }
            if (!m_file)
                TRY(begin());
            TRY(encode(m_copy.at));
            const bool isEnough = isAtLimit();
            {
                const std::lock_guard lock(m_mutex);
                m_isEncoding = false;
                ++m_state.pictures;
                m_state.bytes = m_file->bytes();
            }
            if (isEnough)
                return close(*m_lastWritten);
        }
    }

    Result<> close(milliseconds end)
    {
        if (!m_file)
            return Error(ErrorKind::Invalid, "The screen showed no picture that could be recorded");
        // Players end with the last picture: it stays for as long as it stayed.
        if (end > *m_lastWritten)
            TRY(encode(end));
        const milliseconds length = std::max(end, *m_lastWritten);
        if (m_sound) {
            const std::vector<SoundPacket> rest = TRY(m_sound->finish(length));
            TRY(write(rest));
        }
        TRY(m_file->finish(length));
        const std::lock_guard lock(m_mutex);
        m_state.bytes = m_file->bytes();
        return {};
    }

    const FilmRequest m_request;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    FilmState m_state; // under the mutex, as the next five
    bool m_hasPicture = false; // m_copy waits for the encoder
    bool m_isEncoding = false; // m_copy is its
    std::optional<milliseconds> m_end;
    milliseconds m_lastOffer{0};
    Copy m_copy; // whose: by the two above
    const std::unique_ptr<FilmSound> m_sound;
    Vp8Encoder m_encoder; // the thread's, as the next two
    std::unique_ptr<WebmFile> m_file;
    std::optional<milliseconds> m_lastWritten;
    std::thread m_thread; // last: it uses all of it
};

} // namespace

Result<std::unique_ptr<Film>> makeVp8Film(const FilmRequest &request)
{
    // What is wrong with the place is known at once; the file itself is made with the first
    // picture.
    if (::access(request.file.c_str(), F_OK) == 0)
        return Error(ErrorKind::Invalid, "\"" + request.file + "\" is there already");
    std::unique_ptr<FilmSound> sound;
    if (request.soundClock)
        sound = TRY(FilmSound::start(request.soundClock));
    return std::unique_ptr<Film>(std::make_unique<Vp8Film>(request, std::move(sound)));
}

} // namespace display
