// SPDX-License-Identifier: GPL-3.0-or-later
// The log of one run of a machine: `<machine>/Logs/vitrine.log`, the older ones beside it with a
// number, as users of VirtualBox know them.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>

namespace app {

// Rotates (vitrine.log -> vitrine.log.1 -> ... -> .3) and sends engine::log() and Qt's own messages
// there, and what is known of a crash.
// On failure they go on to standard error.
engine::Result<> openMachineLog(const QString &machineFolder);

} // namespace app
