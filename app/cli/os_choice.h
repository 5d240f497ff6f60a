// SPDX-License-Identifier: GPL-3.0-or-later
// The guest system a user names: VirtualBox's type ("Debian_64", also by its description) or
// libosinfo's short id ("debian12"). The catalogue is loaded only for the latter.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

namespace app {

engine::Result<> setOsType(engine::MachineDefinition &definition, const QString &word);

} // namespace app
