// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/vp8_film.h"

#include "display/film/film_picture.h"
#include "display/film/webm_file.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

namespace display {

using engine::Error;
using engine::ErrorKind;
using engine::Frame;
using engine::Result;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds LongestBetweenKeys{5000}; // how far a jump in the film may miss
constexpr int Speed = 8; // of VP8E_SET_CPUUSED in real time: -16 to 16, faster is higher
constexpr int BitsPerPixelDivisor = 16; // plenty for a desktop, of which little changes
constexpr int LeastKilobits = 256;
constexpr int Niceness = 5; // the guest's processors come first
constexpr unsigned MostThreads = 4;

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

class Vp8Encoder final
{
public:
    Vp8Encoder() = default;
    Vp8Encoder(const Vp8Encoder &) = delete;
    Vp8Encoder &operator=(const Vp8Encoder &) = delete;
    ~Vp8Encoder()
    {
        if (m_isOpen)
            vpx_codec_destroy(&m_codec);
        vpx_img_free(m_image);
    }

    Result<> open(int width, int height, const FilmRequest &request)
    {
        vpx_codec_enc_cfg_t config{};
        if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &config, 0) != VPX_CODEC_OK)
            return Error(ErrorKind::Unsupported, "libvpx cannot encode VP8");
        config.g_w = unsigned(width);
        config.g_h = unsigned(height);
        config.g_timebase = {1, 1000};
        config.g_lag_in_frames = 0;
        config.g_threads = std::clamp(std::thread::hardware_concurrency() / 2, 1U, MostThreads);
        config.g_error_resilient = 0;
        config.rc_end_usage = VPX_VBR;
        const auto suitable =
            std::int64_t(width) * height * request.framesPerSecond / BitsPerPixelDivisor / 1000;
        config.rc_target_bitrate = unsigned(request.kilobitsPerSecond > 0
                                                ? request.kilobitsPerSecond
                                                : std::max<std::int64_t>(suitable, LeastKilobits));
        config.rc_min_quantizer = 2;
        config.rc_max_quantizer = 48;
        config.kf_mode = VPX_KF_DISABLED; // by the clock, see encode()
        if (vpx_codec_enc_init(&m_codec, vpx_codec_vp8_cx(), &config, 0) != VPX_CODEC_OK)
            return failure();
        m_isOpen = true;
        vpx_codec_control(&m_codec, VP8E_SET_CPUUSED, Speed);
        vpx_codec_control(&m_codec, VP8E_SET_STATIC_THRESHOLD, 1U);
        vpx_codec_control(&m_codec, VP8E_SET_SCREEN_CONTENT_MODE, 1U);
        m_image = vpx_img_alloc(nullptr, VPX_IMG_FMT_I420, unsigned(width), unsigned(height), 16);
        if (m_image == nullptr)
            return Error(ErrorKind::Io, "There is no memory for the film's picture");
        return {};
    }

    // `write` gets what came of it: none or one.
    template <class Write>
    Result<> encode(const Frame &frame, milliseconds at, milliseconds length, Write write)
    {
        m_picture.draw(frame,
                       {int(m_image->d_w),
                        int(m_image->d_h),
                        {m_image->planes[VPX_PLANE_Y], m_image->stride[VPX_PLANE_Y]},
                        {m_image->planes[VPX_PLANE_U], m_image->stride[VPX_PLANE_U]},
                        {m_image->planes[VPX_PLANE_V], m_image->stride[VPX_PLANE_V]}});
        const bool isKey = !m_lastKey || at - *m_lastKey >= LongestBetweenKeys;
        if (vpx_codec_encode(&m_codec, m_image, at.count(), std::uint64_t(length.count()),
                             isKey ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME)
            != VPX_CODEC_OK)
            return failure();
        vpx_codec_iter_t next = nullptr;
        while (const vpx_codec_cx_pkt_t *packet = vpx_codec_get_cx_data(&m_codec, &next)) {
            if (packet->kind != VPX_CODEC_CX_FRAME_PKT)
                continue;
            const bool isKeyPicture = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
            if (isKeyPicture)
                m_lastKey = at;
            TRY(write(WebmFile::Picture{at,
                                        isKeyPicture,
                                        {static_cast<const std::uint8_t *>(packet->data.frame.buf),
                                         packet->data.frame.sz}}));
        }
        return {};
    }

private:
    Error failure()
    {
        const char *const detail = vpx_codec_error_detail(&m_codec);
        return {ErrorKind::Io,
                std::string("The film's encoder failed: ")
                    + (detail != nullptr ? detail : vpx_codec_error(&m_codec))};
    }

    vpx_codec_ctx_t m_codec{};
    bool m_isOpen = false;
    vpx_image_t *m_image = nullptr;
    FilmPicture m_picture;
    std::optional<milliseconds> m_lastKey;
};

class Vp8Film final : public Film
{
public:
    explicit Vp8Film(FilmRequest request)
        : m_request(std::move(request))
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
        m_file = TRY(WebmFile::create(m_request.file, width, height));
        return {};
    }

    Result<> encode(milliseconds at)
    {
        const milliseconds length(1000 / std::max(1, m_request.framesPerSecond));
        // libvpx wants time to go on.
        const milliseconds when =
            m_lastWritten ? std::max(at, *m_lastWritten + milliseconds(1)) : at;
        m_lastWritten = when;
        return m_encoder.encode(m_copy.frame, when, length,
                                [this](const WebmFile::Picture &one) { return m_file->add(one); });
    }

    bool isAtLimit() const
    {
        return (m_request.mostBytes > 0 && m_file->bytes() >= m_request.mostBytes)
            || (m_request.longest.count() > 0 && *m_lastWritten >= m_request.longest);
    }

    Result<> makeAll()
    {
        for (;;) {
            milliseconds end{0};
            {
                std::unique_lock lock(m_mutex);
                m_changed.wait(lock, [this] { return m_hasPicture || m_end; });
                if (!m_hasPicture) {
                    end = *m_end;
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
        TRY(m_file->finish(std::max(end, *m_lastWritten)));
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
    return std::unique_ptr<Film>(std::make_unique<Vp8Film>(request));
}

} // namespace display
