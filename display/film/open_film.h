// SPDX-License-Identifier: GPL-3.0-or-later
// Loads the module that makes films, lib/vitrine/vitrine-recorder.so, with the encoder's library:
// only who records pays for it. Main thread.
#pragma once

#include "display/film/film.h"

namespace display {

engine::Result<std::unique_ptr<Film>> openFilm(const FilmRequest &request);

// The module's one function.
using MakeFilm = void (*)(const FilmRequest &request, engine::Result<std::unique_ptr<Film>> &film);
inline constexpr const char *MakeFilmSymbol = "vitrineMakeFilm";

} // namespace display
