// SPDX-License-Identifier: GPL-3.0-or-later
// Which file a qcow2 image is based on, read from its header: enough to know that deleting a file
// would ruin another machine's disk. Everything else about images is engine/media.
#pragma once

#include <QtCore/QString>

namespace engine {

// Absolute; empty for other formats and for images that stand alone. Specified in QEMU's
// docs/interop/qcow2.txt, "Header".
QString qcow2BackingFile(const QString &path);

// The same as it stands in the header: relative to the image's folder, or absolute.
QString qcow2BackingName(const QString &path);

// Bit 2 of the header's incompatible features: the guest's data is in another file.
bool qcow2HasExternalData(const QString &path);

} // namespace engine
