// SPDX-License-Identifier: GPL-3.0-or-later
// An existing disk image, looked at before a machine is given it. Reads only, and starts qemu-img
// once per file of the chain: some ten milliseconds each. Any thread.
#pragma once

#include "engine/media/disk_image.h"

#include <QtCore/QStringList>

namespace engine {

struct DiskFacts
{
    QString path = {};
    ImageFormat format = ImageFormat::Unknown;
    qint64 virtualSizeBytes = 0;
    qint64 allocatedBytes = 0; // on the host, of all files together
    QStringList chain = {}; // what it is based on, nearest first
    QString missingBase = {}; // a file of the chain that is not there
    bool isWritable = false; // by this user
    bool isLocked = false; // a QEMU, or a VMware program, has it open
};

// An image of no known format, a folder, a file that cannot be read: an error.
Result<DiskFacts> probeDisk(const QString &path);

} // namespace engine
