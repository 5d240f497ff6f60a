// SPDX-License-Identifier: GPL-3.0-or-later
// The Film of film.h: Vp8Encoder and FilmSound encode, WebmFile writes.
#pragma once

#include "display/film/film.h"

#include <memory>

namespace display {

engine::Result<std::unique_ptr<Film>> makeVp8Film(const FilmRequest &request);

} // namespace display
