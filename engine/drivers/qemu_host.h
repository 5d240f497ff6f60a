// SPDX-License-Identifier: GPL-3.0-or-later
// What this computer has for running QEMU: the program, firmware, a sound server. Looks at files
// and sockets; starts nothing. Main thread.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace engine {

// A UEFI firmware image and the empty variable store that belongs to it.
struct UefiFirmware
{
    QString codePath;
    QString variablesPath;

    bool operator==(const UefiFirmware &) const = default;
};

// $VITRINE_QEMU, else qemu-system-x86_64 from the path. NotFound names the package.
Result<QString> findQemu();

// The root under which firmware is searched: $VITRINE_FIRMWARE_ROOT, else "/".
QString firmwareRoot();

// The best firmware for this board without Secure Boot: from the descriptors QEMU's packages
// install (docs/interop/firmware.json), else from the paths distributions use. A machine that
// already has variables needs a store of the same size. NotFound names the package.
Result<UefiFirmware> findUefiFirmware(Chipset chipset, const QString &root,
                                      const QString &existingVariables);

// Makes `<folder>/nvram` from the template unless it exists. Atomic.
Result<> makeVariableStore(const UefiFirmware &firmware, const QString &nvramPath);

// QEMU's names ("pipewire", "pa", "alsa") of the sound systems that answer here, best first.
QStringList reachableSoundSystems();

// The drivers in the answer to `qemu-system-x86_64 -audiodev help`.
QStringList parseAudioHelp(const QByteArray &output);

} // namespace engine
