// SPDX-License-Identifier: GPL-3.0-or-later
// Between a driver's words for networks and those of engine/net.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/drivers/network_connection.h"
#include "engine/net/machine_network.h"

namespace engine {

// `index` from 0. Invalid: a value that checkDefinition() would have complained about.
Result<net::AdapterPlan> adapterPlan(const NetworkAdapter &adapter, int index);

// Whether the guest sees a link: what is attached to nothing has none, plugged or not.
bool hasLink(const NetworkAdapter &adapter);

QList<NetworkConnection> connectionsOf(net::MachineNetwork &network);
void countPackets(const net::MachineNetwork &network, ActivityCounters &counters);

} // namespace engine
