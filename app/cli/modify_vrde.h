// SPDX-License-Identifier: GPL-3.0-or-later
// modifyvm's --vrde and its relatives: VirtualBox's remote display, by SPICE.
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/outcome.h"
#include "engine/drivers/spice_address.h"
#include "engine/machine/machine_definition.h"

namespace app {

Outcome setRemoteDisplay(engine::MachineDefinition &definition, const Option &option);
Outcome setRemoteDisplayAddress(engine::MachineDefinition &definition, const Option &option);
Outcome setRemoteDisplayPorts(engine::MachineDefinition &definition, const Option &option);
// "Key=value"; what means nothing here is kept as it is.
Outcome setRemoteDisplayProperty(engine::MachineDefinition &definition, const Option &option);

// What is wrong with all of it together.
Outcome checkRemoteDisplayOptions(const engine::MachineDefinition &definition);

// showvminfo's lines; `running` is where a client gets it now, or nullptr. Passwords are not shown.
QString remoteDisplayReadable(const engine::MachineDefinition &definition,
                              const engine::SpiceAddress *running);
QString remoteDisplayText(const engine::MachineDefinition &definition,
                          const engine::SpiceAddress *running, int column);

} // namespace app
