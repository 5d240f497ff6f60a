// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of vitrine-vm.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>

namespace app {

enum class StartType {
    Gui, // engine and window in this process
    Sdl, // the same with SDL's window
    Headless, // no window
    Separate, // headless, and a window process is started beside it
    Attach, // only a window, for a machine that runs already
    Connect, // only a window, for a SPICE server anywhere
};

struct VmArguments
{
    StartType type = StartType::Gui;
    QString typeName = QStringLiteral("gui");
    QString machine; // name, uuid, folder or definition; for Connect the server's address
    QString certificateFile; // for Connect
    bool isDisposable = false; // keep nothing of this run
    bool isReporting = false; // tell the starter on descriptor 3 (engine/control/vm_launcher.h)
    bool isHelp = false;
    bool isVersion = false;
};

// In the environment, for Connect: the server's password. Other users cannot read it there.
inline constexpr const char *SpicePasswordVariable = "VITRINE_SPICE_PASSWORD";

extern const char *const VmUsage;

engine::Result<VmArguments> parseVmArguments(int argc, char **argv);

// Tells the starter how it went, and of a machine that runs, what it lacks; only the first call
// does anything, and only with --report.
void reportStart(const VmArguments &arguments, const engine::Result<> &result,
                 const QString &lack = {});

} // namespace app
