// SPDX-License-Identifier: GPL-3.0-or-later
// Files and folders copied so that the copy can be relied on: holes stay holes, blocks are shared
// where the file system can, everything is synced, and an existing name is never overwritten.
//
// Any thread; nothing here knows machines.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <functional>

namespace engine {

// Told the bytes that were just copied; false ends the copy with Cancelled.
using CopyMeter = std::function<bool(qint64 bytes)>;

// What a file, or all of a folder, takes on the disk now.
qint64 allocatedBytes(const QString &path);
// Free for this user where `folder` is or will be; -1 when that is not known.
qint64 availableBytes(const QString &folder);

// Follows a link. The target must not exist; after a failure it does not.
Result<> copyFile(const QString &source, const QString &target, const CopyMeter &meter);

// All of a folder but the names in `skip` (of the top level). `to` exists; what a failure leaves in
// it is the caller's to remove. Links stay links; pipes and sockets are left out.
Result<> copyFolder(const QString &from, const QString &to, const QStringList &skip,
                    const CopyMeter &meter);

// Moves a file or folder on one file system without ever replacing anything. The errno, or 0.
int renameExclusively(const QString &from, const QString &to);

} // namespace engine
