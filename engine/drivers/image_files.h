// SPDX-License-Identifier: GPL-3.0-or-later
// Files that a machine needs when it starts, looked at before any engine is. Any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QString>

namespace engine {

bool isBlockDevice(const QString &path);
// Whether its file system can go past the page cache (O_DIRECT); tmpfs, among others, cannot, which is logged.
bool canBypassCache(const QString &path);

// qemu-img's word for the format; "raw" for a block device. Unsupported when it is not known.
Result<QString> diskFormat(const QString &path);

// NotFound for the first medium that is not there.
Result<> checkMediaExist(const MachineDefinition &definition, const QString &machineFolder);
// Busy when a file is where a serial port's socket is to be: a listener removes what is in its way.
Result<> checkSerialSockets(const MachineDefinition &definition, const QString &machineFolder);

} // namespace engine
