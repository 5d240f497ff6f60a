// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures as VP8 (RFC 6386) by libvpx, in real time. One thread.
#pragma once

#include "display/film/film.h"
#include "display/film/film_packets.h"
#include "display/film/film_picture.h"

#include <chrono>
#include <optional>

#include <vpx/vpx_encoder.h>

namespace display {

class Vp8Encoder final
{
public:
    Vp8Encoder() = default;
    Vp8Encoder(const Vp8Encoder &) = delete;
    Vp8Encoder &operator=(const Vp8Encoder &) = delete;
    ~Vp8Encoder();

    // Once.
    engine::Result<> open(int width, int height, const FilmRequest &request);
    // nullopt: the encoder left it out.
    engine::Result<std::optional<EncodedPicture>> encode(const engine::Frame &frame,
                                                         std::chrono::milliseconds at,
                                                         std::chrono::milliseconds length);

private:
    engine::Error failure();

    vpx_codec_ctx_t m_codec{};
    bool m_isOpen = false;
    vpx_image_t *m_image = nullptr;
    FilmPicture m_picture;
    std::optional<std::chrono::milliseconds> m_lastKey;
};

} // namespace display
