// SPDX-License-Identifier: GPL-3.0-or-later
// What every driver does alike when it saves a machine. Any thread.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>

namespace engine {

// Files of a saved state's folder (engine/machine/saved_state.h) that the drivers write.
inline const QString SavedMemoryFile = QStringLiteral("/memory");
inline const QString SavedKvmFactsFile = QStringLiteral("/kvm.json"); // the built-in engine's
inline const QString SavedPictureFile = QStringLiteral("/screen.png");

// The model as Linux names it: a guest that runs on the processor itself goes on only on its like.
QString processorName();

// What a process has in memory; 0 when the kernel does not say.
qint64 residentBytes(qint64 processId);

// NoSpace when the folder's file system has no room for the guest's memory. Pages of zeros are not
// written, and what the guest never touched is not there: `residentBytes`, 0 for unknown, is the
// most that can be.
Result<> checkSpaceForMemory(const QString &folder, qint64 memoryBytes, qint64 residentBytes,
                             const QString &machineFolder);

} // namespace engine
