// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's saved state on disk: the folder `<machine folder>/saved/`, there as a whole or not
// at all.
//   state.json  what it belongs to: the definition, the disks' sizes and times, the driver
//   screen.png  what was on the screen, when there is one
//   the rest    the driver's
// It is written in `saved.new` and renamed when all of it is on the disk; what is thrown away is
// renamed to `saved.old` first. So the name `saved` says "saved" at any moment, whatever dies.
//
// A state goes with the disks as they were: whoever wrote to one since has made it worthless, and
// it is refused then. Nothing here takes the machine's lock; the callers hold it.
#pragma once

#include "engine/machine/machine_store.h"

namespace engine {

QString savedStateFolder(const QString &machineFolder); // where a restoring driver finds its files
QString savedPicturePath(const QString &machineFolder);
bool hasSavedState(const QString &machineFolder);
// Driver::name() of who saved it; empty without a readable state.
QString savedStateDriver(const QString &machineFolder);

// The machine as it was when this folder was committed.
Result<MachineDefinition> definitionWhenSaved(const QString &savedState);

// An empty `saved.new`, for the driver to fill.
Result<QString> beginSavedState(const QString &machineFolder);
// The driver is done and the disks stay as they are: records them and makes the state the
// machine's. After an error there is none, or the one before.
Result<> commitSavedState(const MachineEntry &entry, const QString &driverName);
void abandonSavedState(const QString &machineFolder);

// Whether the machine can go on from its state: readable, of this machine, and neither hardware
// nor disks have changed. The error says what did and what to do.
Result<> checkSavedState(const MachineEntry &entry);
// The state was used up or is not wanted. A machine without one is fine, too.
Result<> removeSavedState(const QString &machineFolder);
// What an interrupted save or removal left; takes as long as it takes.
void removeSavedStateLeftovers(const QString &machineFolder);

// What of a machine with a saved state must stay as it is, compared in words: "memory (2048 MiB
// when it was saved, 1024 MiB now)". Names, descriptions, networks behind adapters and the like may
// change. Relative paths and those below `machineFolder` are the same.
QStringList hardwareChanges(const MachineDefinition &saved, const MachineDefinition &now,
                            const QString &machineFolder);
// An error when `wanted` would not fit the machine's saved state; fine without a state.
Result<> checkAgainstSavedState(const MachineEntry &wanted);

} // namespace engine
