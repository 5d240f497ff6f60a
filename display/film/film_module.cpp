// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine-recorder.so: see open_film.h.
#include "display/film/open_film.h"
#include "display/film/vp8_film.h"

extern "C" __attribute__((visibility("default"))) void vitrineMakeFilm(
    const display::FilmRequest &request, engine::Result<std::unique_ptr<display::Film>> &film)
{
    film = display::makeVp8Film(request);
}
