// SPDX-License-Identifier: GPL-3.0-or-later
// Can this host run guest code in hardware? "/dev/kvm opens" proves nothing: some hosts only
// emulate. So a tiny 64-bit guest is run (engine/vmm/kvm_self_test.h) and the verdict is cached per
// boot, user and kvm device in paths::cacheFolder(). Probed at most once per boot, never on a UI
// path.
#pragma once

#include "engine/drivers/driver.h"

#include <optional>

namespace engine {

// Runs or reads the self-test; at most some 100 ms the first time after boot.
// VITRINE_ACCELERATION=none forces software emulation (and says so).
Acceleration hostAcceleration();

// KVM as the in-process engine needs it. `kind` is Hardware where the processor runs the guest; a
// device that only emulates can be used too when VITRINE_ALLOW_EMULATED_KVM=1 says so, for tests.
struct BuiltInAcceleration
{
    bool isUsable = false;
    Acceleration acceleration; // with the reason where it is not usable
};
BuiltInAcceleration builtInAcceleration();
// The same without a self-test: nullopt when there was none since the computer was started.
std::optional<BuiltInAcceleration> knownBuiltInAcceleration();

} // namespace engine
