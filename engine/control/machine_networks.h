// SPDX-License-Identifier: GPL-3.0-or-later
// What of a network adapter can change while the machine runs, and the way to do it: through
// MachineSession::changeAdapter(), or machine.setAdapter on the control socket. Both end in
// Driver::changeAdapter() and, when the guest has it, in the definition.
//
//   live        mode (between NotAttached, Nat, Internal, Bridged), isCableConnected,
//               internalNetwork, hostInterface, rateLimitKiBps, forwards, natNetwork, egress,
//               allowedDestinations
//   when off    the card: mode from or to None, model, macAddress
//
// A change of mode or network looks to the guest like a cable pulled and plugged in again, so that
// it asks for a new address. A change of limit, rules or forwards is not noticed by connections
// that may go on.
//
// Pure; any thread.
#pragma once

#include "engine/drivers/driver.h"

namespace engine {

// Whether `wanted` may replace the adapter `index` of the running machine `definition`: the card
// is the same and nothing about it is wrong. Only a driver knows whether the host can do it.
Result<> checkLiveAdapterChange(const MachineDefinition &definition, int index,
                                const NetworkAdapter &wanted);

// True when the card differs: what waits for the machine to be off.
bool isOtherCard(const NetworkAdapter &present, const NetworkAdapter &wanted);

} // namespace engine
