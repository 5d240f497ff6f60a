// SPDX-License-Identifier: GPL-3.0-or-later
// The Film of film.h: libvpx encodes VP8 (RFC 6386) in real time, WebmFile writes.
#pragma once

#include "display/film/film.h"

#include <memory>

namespace display {

engine::Result<std::unique_ptr<Film>> makeVp8Film(const FilmRequest &request);

} // namespace display
