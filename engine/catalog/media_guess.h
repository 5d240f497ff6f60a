// SPDX-License-Identifier: GPL-3.0-or-later
// What a volume says of itself in words, for the media that the catalogue's data does not
// describe. Pure.
#pragma once

#include "engine/catalog/iso_descriptor.h"

#include <QtCore/QString>

namespace engine {

struct MediaGuess
{
    QString distro; // osinfo's word; empty when the name tells nothing
    QString idPrefix; // what the short ids of such systems begin with: "silverblue" of "fedora"
    QString name; // for sentences: "Fedora Silverblue"
    QString version; // "12"; may be empty
    // "Debian 14" is a Debian, "KDE neon 6" only made from Ubuntu: its own version says nothing.
    bool isDerived = false;
    // A distribution without releases, so that its name is all there is to know.
    bool isRolling = false;
    bool isLinux = false;
    QString architecture;
    bool isLive = false;
};

MediaGuess guessFrom(const IsoDescriptor &iso);

} // namespace engine
