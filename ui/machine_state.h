// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine does, as the manager shows it: one value out of its files, its process and what
// was just asked for.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QString>

namespace ui {

enum class MachineState {
    PoweredOff,
    Aborted,
    Inaccessible,
    Starting,
    Running,
    Paused,
    Saved,
    Saving,
    Restoring,
    Stopping,
    Removing,
};

MachineState machineState(engine::PersistentState state);
MachineState machineState(engine::Driver::State state);

QString stateText(MachineState state); // "Powered off"
QString stateIconName(MachineState state); // for ui::icon()
// A process has the machine, or its files are being deleted: they must not be touched.
bool isLive(MachineState state);

} // namespace ui
