// SPDX-License-Identifier: GPL-3.0-or-later
// Can this host run guest code in hardware? "/dev/kvm opens" proves nothing: some hosts only
// emulate. So a tiny 64-bit guest is run (engine/vmm/kvm_self_test.h) and the verdict is cached per
// boot, user and kvm device in paths::cacheFolder(). Probed at most once per boot, never on a UI path.
#pragma once

#include "engine/drivers/driver.h"

namespace engine {

// Runs or reads the self-test; at most some 100 ms the first time after boot.
// VITRINE_ACCELERATION=none forces software emulation (and says so).
Acceleration hostAcceleration();

} // namespace engine
