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

enum class Readers { AsBefore, Owner }; // who may read a file

// Written beside, synced, renamed over. With `previousPath` the old contents are kept there, and
// `path` exists all the time.
Result<> writeFileAtomically(const QString &path, const QByteArray &bytes,
                             const QString &previousPath = {}, Readers readers = Readers::AsBefore);

// "Cannot <verb> "<path>": <why>" with the kind and the remedy that suit the errno.
Error fileError(const char *verb, const QString &path, int reason);
Error fileError(const char *verb, const QString &path, int reason, const QString &text);

// Names in the folder are on the disk when this returns, where the file system can do that.
void syncFolder(const QString &folder);

} // namespace engine
