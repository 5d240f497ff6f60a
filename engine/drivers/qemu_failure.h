// SPDX-License-Identifier: GPL-3.0-or-later
// What QEMU writes when it cannot start or stops, in words a user can act on. Pure but for a look
// at a port that is said to be taken.
#pragma once

#include "engine/drivers/driver.h"

#include <QtCore/QStringList>

namespace engine {

// The chain ends with QEMU's own words and the log's place.
Error qemuStartFailure(const MachineDefinition &definition, const QStringList &lastLines,
                       const QString &howItEnded, const QString &logPath);

// "was killed by signal 9 (Killed)", "ended with exit code 1".
QString howItEnded(bool isCrash, int codeOrSignal);

// The same while a saved state is loaded, which stays as it is.
Error qemuRestoreFailure(const MachineDefinition &definition, const QStringList &lastLines,
                         const QString &ending, const QString &logPath);

Error qemuDeath(const MachineDefinition &definition, const QStringList &lastLines,
                const QString &howItEnded, const QString &logPath);

// A BLOCK_IO_ERROR event that stopped the guest.
RunProblem blockProblem(const QJsonObject &event, const QString &diskPath);

} // namespace engine
