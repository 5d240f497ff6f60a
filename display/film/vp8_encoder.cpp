// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/vp8_encoder.h"

#include <algorithm>
#include <string>
#include <thread>

#include <vpx/vp8cx.h>

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
constexpr unsigned MostThreads = 4;

} // namespace

Vp8Encoder::~Vp8Encoder()
{
    if (m_isOpen)
        vpx_codec_destroy(&m_codec);
    vpx_img_free(m_image);
}

Result<> Vp8Encoder::open(int width, int height, const FilmRequest &request)
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

Result<std::optional<EncodedPicture>> Vp8Encoder::encode(const Frame &frame, milliseconds at,
                                                         milliseconds length)
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
    std::optional<EncodedPicture> picture;
    vpx_codec_iter_t next = nullptr;
    while (const vpx_codec_cx_pkt_t *packet = vpx_codec_get_cx_data(&m_codec, &next)) {
        if (packet->kind != VPX_CODEC_CX_FRAME_PKT)
            continue;
        const bool isKeyPicture = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
        if (isKeyPicture)
            m_lastKey = at;
        picture = EncodedPicture{at,
                                 isKeyPicture,
                                 {static_cast<const std::uint8_t *>(packet->data.frame.buf),
                                  packet->data.frame.sz}};
    }
    return picture;
}

Error Vp8Encoder::failure()
{
    const char *const detail = vpx_codec_error_detail(&m_codec);
    return {ErrorKind::Io,
            std::string("The film's encoder failed: ")
                + (detail != nullptr ? detail : vpx_codec_error(&m_codec))};
}

} // namespace display
