// SPDX-License-Identifier: GPL-3.0-or-later
// What is made of a medium that the catalogue's data does not describe: the release its name says,
// the nearest release of the same distribution, the distribution's unknown entry, a recent Linux,
// or a question. Private to engine/catalog.
#pragma once

#include "engine/catalog/media_guess.h"
#include "engine/catalog/os_catalog.h"

#include <functional>

namespace engine {

class MediaMatcher final
{
public:
    using Lookup = std::function<std::optional<OsInfo>(const QString &osId)>;

    // `systems` is newest first within a distribution, and outlives this.
    MediaMatcher(const QList<OsInfo> &systems, Lookup lookup);

    void matchName(const MediaGuess &guess, MediaInfo &media) const;
    // Looks at the installer itself where the volume id fits several releases of Windows;
    // `osinfoId` is what the data made of it, `media.path` the file. False: not of Windows.
    bool matchWindows(const MediaGuess &guess, const QString &osinfoId, MediaInfo &media) const;

    static void setExact(MediaInfo &media, const OsInfo &info);

private:
    std::optional<OsInfo> named(const MediaGuess &guess) const;
    std::optional<OsInfo> nearest(const MediaGuess &guess) const;
    std::optional<OsInfo> recentLinux() const;

    const QList<OsInfo> &m_systems;
    Lookup m_lookup;
};

} // namespace engine
