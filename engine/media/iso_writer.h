// SPDX-License-Identifier: GPL-3.0-or-later
// Writes an ISO 9660 image (ECMA-119) with Rock Ridge and Joliet names, of files that are given.
// Any thread; a few megabytes at most, as they are in memory meanwhile.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

namespace engine {

struct IsoFile
{
    QString name; // within the image: "packages/a.deb"
    QByteArray bytes;
    bool isExecutable = false;
};

// Whole or not at all: written beside, synced, renamed over what was there. `volume`: at most 32 of
// A to Z, 0 to 9 and "_".
Result<> writeIso(const QString &path, const QString &volume, const QList<IsoFile> &files);

} // namespace engine
