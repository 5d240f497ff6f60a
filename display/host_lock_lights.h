// SPDX-License-Identifier: GPL-3.0-or-later
// Whether Caps Lock and Num Lock are on at the host's keyboard; Scroll Lock is not told of. Qt does
// not tell. Main thread only.
#pragma once

#include "engine/host/input_sink.h"

#include <optional>

namespace display {

// nullopt where the platform does not tell either, or not yet. Asks an X server, which takes a
// round trip.
std::optional<engine::LockLights> hostLockLights();

} // namespace display
