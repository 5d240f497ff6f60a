// SPDX-License-Identifier: GPL-3.0-or-later
// Starting one machine and saying so: startvm, quickstart.
#pragma once

#include "app/cli/session.h"
#include "engine/control/vm_launcher.h"

namespace app {

Outcome checkStartType(const QString &type);
// Silent: the caller has its own words.
enum class Telling { Aloud, Silent };
Outcome startMachine(Session &session, const QString &nameOrUuid, const QString &type,
                     Telling telling = Telling::Aloud,
                     engine::VmLauncher::Run run = engine::VmLauncher::Run::Kept);

} // namespace app
