// SPDX-License-Identifier: GPL-3.0-or-later
// One whole command line: options before the verb, the verb, its help, its run, its exit code.
#pragma once

#include "app/cli/output.h"

#include <QtCore/QStringList>

namespace app {

// `arguments` as of main(), the program's own name first: a base name of VBoxManage or vboxmanage
// chooses that dialect.
int runCommandLine(const QStringList &arguments, Output &output);

} // namespace app
