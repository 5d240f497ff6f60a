// SPDX-License-Identifier: GPL-3.0-or-later
// An adapter of a definition, as engine/net wants it.
#pragma once

#include "engine/machine/machine_definition.h"
#include "engine/net/machine_network.h"

namespace engine {

// `index` from 0. Invalid: a value that checkDefinition() would have complained about.
Result<net::AdapterPlan> adapterPlan(const NetworkAdapter &adapter, int index);

} // namespace engine
