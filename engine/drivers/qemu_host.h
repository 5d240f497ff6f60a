// SPDX-License-Identifier: GPL-3.0-or-later
// What this computer has for running QEMU: the program, a sound server. Looks at files
// and sockets; starts nothing. Main thread.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace engine {

// $VITRINE_QEMU, else qemu-system-x86_64 from the path. NotFound names the package.
Result<QString> findQemu();

// QEMU's names ("pipewire", "pa", "alsa") of the sound systems that answer here, best first.
QStringList reachableSoundSystems();

// The drivers in the answer to `qemu-system-x86_64 -audiodev help`.
QStringList parseAudioHelp(const QByteArray &output);

} // namespace engine
