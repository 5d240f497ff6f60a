// SPDX-License-Identifier: GPL-3.0-or-later
// What the name of a volume tells when the catalogue's data does not know the release. Pure.
#pragma once

#include <QtCore/QString>

namespace engine {

struct MediaGuess
{
    QString distro; // osinfo's word; empty when the name tells nothing
    QString version; // "12"; may be empty
    QString architecture;
    bool isLive = false;
};

MediaGuess guessFromVolumeId(const QString &volumeId);

} // namespace engine
