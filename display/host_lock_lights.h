// SPDX-License-Identifier: GPL-3.0-or-later
// Whether Caps Lock and Num Lock are on at the host's keyboard. Qt does not tell. Main thread only.
#pragma once

#include "display/lock_lights.h"

#include <optional>

namespace display {

// nullopt where the platform does not tell either, or not yet. Asks an X server, which takes a
// round trip.
std::optional<LockLights> hostLockLights();

} // namespace display
