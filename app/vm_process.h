// SPDX-License-Identifier: GPL-3.0-or-later
// What every vitrine-vm with an engine in it does: find the machine, open its log, run driver,
// session and control server, end when the machine ends.
#pragma once

#include "app/vm_arguments.h"
#include "engine/control/control_server.h"

#include <functional>

namespace app {

// What the window module adds to a machine in the same process.
struct MachineFrontEnd
{
    // Called once the control server listens. Returns what window.show shall do.
    std::function<std::function<void()>(engine::MachineSession &)> open;
    // Machine and driver are about to go: whoever looks at them lets go.
    std::function<void()> close;
    // The machine could not start or ended: a window may want to show why before the process goes.
    // Returns true when it takes over ending the process.
    std::function<bool(const engine::Error &, const QString &logFile)> showFailure;
    // Gets what it shall call when the desktop session ends; `done` is called when the machine is
    // over.
    using EndMachine = std::function<void(const QString &reason, std::function<void()> done)>;
    std::function<void(EndMachine end)> watchSession;
};

// Runs the application's event loop until the machine is off. Exit code: 0, or 1 when it failed.
int runMachine(const VmArguments &arguments, const MachineFrontEnd &frontEnd);

} // namespace app
