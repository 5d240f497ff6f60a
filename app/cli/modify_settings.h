// SPDX-License-Identifier: GPL-3.0-or-later
// What modifyvm can set: options with what they do to a definition. Every option VirtualBox 7.0 and
// 7.1 know is here, for one unknown option fails a whole call; those without a meaning in this
// version are kept in MachineDefinition::inertSettings.
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/outcome.h"
#include "engine/machine/machine_definition.h"

#include <span>

namespace app {

std::span<const OptionSpec> modifyOptions();

// In the order given. A value that is not understood is a syntax error.
Outcome applyModifications(engine::MachineDefinition &definition, const Arguments &arguments);

} // namespace app
