// SPDX-License-Identifier: GPL-3.0-or-later
// UEFI: which firmware this computer has for a machine, and the machine's variables. Looks at files;
// starts nothing. Any thread.
//
// Firmware is found by the descriptors that QEMU's packages install (QEMU's
// docs/interop/firmware.json). Secure Boot needs one with the vendors' keys enrolled ("secure-boot"
// and "enrolled-keys"); such firmware protects its variables by System Management Mode
// ("requires-smm"), which only QEMU's Q35 board has. The built-in engine takes a build that does
// Secure Boot without: signatures are checked all the same, but a guest's administrator could
// change the keys. Their variables are the same, so a machine may change its engine.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QString>

namespace engine {

// A UEFI firmware image and the empty variable store that belongs to it.
struct UefiFirmware
{
    QString codePath;
    QString variablesPath;
    bool needsSmm = false;
    bool canSuspend = true; // ACPI S3

    bool operator==(const UefiFirmware &) const = default;
};

// The root under which firmware is searched: $VITRINE_FIRMWARE_ROOT, else "/".
QString firmwareRoot();

struct FirmwareRequest
{
    Chipset chipset = Chipset::Q35;
    bool isSecureBootOn = false;
    bool hasSmm = true; // the engine
    QString root = firmwareRoot();
    // A machine that already has variables needs a store of the same size.
    QString existingVariables = {};
};

// The best firmware for this machine. NotFound names the package.
Result<UefiFirmware> findUefiFirmware(const FirmwareRequest &request);

// Makes `<folder>/nvram` from the template unless it exists. Atomic.
Result<> makeVariableStore(const UefiFirmware &firmware, const QString &nvramPath);

// What was done so that a machine can start by UEFI.
struct PreparedUefi
{
    UefiFirmware firmware;
    QString note; // a sentence to tell; empty when the variables are as they were
};

// Firmware and variables for a start. Secure Boot that was turned on after the variables were made
// needs ones with keys: the old ones are then kept as `nvram.prev`. Turning it off keeps the
// variables, since firmware without Secure Boot does not look at the keys.
Result<PreparedUefi> prepareUefi(const MachineDefinition &definition, const QString &root,
                                 const QString &nvramPath, bool hasSmm = true);

// The same swap at another time: fresh variables, the old ones kept as `nvram.prev`. The sentence
// says so; empty when there were none.
Result<QString> renewVariables(const UefiFirmware &firmware, const QString &nvramPath);

} // namespace engine
