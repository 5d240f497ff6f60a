// SPDX-License-Identifier: GPL-3.0-or-later
// A disk image with one FAT16 partition that holds given files and folders, for guests of every
// kind: DOS reads it as well as an installer. Layout: Microsoft's "FAT: General Overview of On-Disk
// Format" 1.03, sections in the code. Any thread; takes as long as copying the files.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace engine {

// What fits with the largest clusters of FAT16.
constexpr qint64 LargestFatContents = 2000LL * 1024 * 1024;
constexpr int MostFatEntries = 20000;

// Folders with all they hold; symbolic links inside them are left out. Names that FAT has no room
// for are changed as little as can be. The image is new or emptied; after an error it is worthless.
Result<> writeFatImage(const QStringList &paths, const QString &image);

} // namespace engine
