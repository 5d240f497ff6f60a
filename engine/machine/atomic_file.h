// SPDX-License-Identifier: GPL-3.0-or-later
// Small files as a whole: read with a limit, written so that a crash at any moment leaves either
// the old or the new contents.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

namespace engine {

// NotFound, Denied or Corrupt (no regular file, or larger than any of ours).
Result<QByteArray> readSmallFile(const QString &path);

// Written beside, synced, renamed over. With `previousPath` the old contents are kept there, and
// `path` exists all the time.
Result<> writeFileAtomically(const QString &path, const QByteArray &bytes,
                             const QString &previousPath = {});

// What was made, renamed or removed in the folder is on the disk, where the file system can say so.
void syncFolder(const QString &folder);

} // namespace engine
