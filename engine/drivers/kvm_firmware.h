// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware that a machine of the in-process engine starts by: SeaBIOS, or OVMF with the
// machine's own variables. The same files that QEMU's packages install. Any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"
#include "engine/vmm/vm_config.h"

#include <QtCore/QString>

namespace engine {

struct KvmFirmware
{
    VmFirmware firmware;
    QString note; // a sentence to tell; empty when the UEFI variables are as they were
};

// Reads the files; makes the machine's variables where there are none. `root` as firmwareRoot() of
// qemu_firmware.h. NotFound names the package.
Result<KvmFirmware> openKvmFirmware(const MachineDefinition &definition, const QString &root,
                                    const QString &nvramPath);

} // namespace engine
