// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/open_film.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QLibrary>

namespace display {

using engine::ErrorKind;
using engine::Result;

Result<std::unique_ptr<Film>> openFilm(const FilmRequest &request)
{
    static QLibrary module(engine::paths::moduleFolder() + QStringLiteral("/vitrine-recorder.so"));
    static const auto make = reinterpret_cast<MakeFilm>(module.resolve(MakeFilmSymbol));
    if (make == nullptr)
        return engine::makeError(ErrorKind::NotFound,
                                 QStringLiteral("The part of Vitrine that records screens cannot "
                                                "be loaded: %1")
                                     .arg(module.errorString()),
                                 QStringLiteral("Install the library libvpx, or Vitrine anew"));
    Result<std::unique_ptr<Film>> film = std::unique_ptr<Film>();
    make(request, film);
    return film;
}

} // namespace display
