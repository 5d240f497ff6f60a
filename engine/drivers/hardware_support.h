// SPDX-License-Identifier: GPL-3.0-or-later
// What the driver that open_driver.h would choose can give a machine on this computer, asked before
// anything runs: for settings to be offered, or greyed with the reason. Looks at files; starts
// nothing. Any thread.
#pragma once

#include "engine/drivers/driver.h"

namespace engine {

enum class Hardware {
    BuiltInEngine, // EngineChoice::Kvm
    NestedVirtualization,
    SecureBoot,
    Tpm12,
    Tpm20,
    InternalNetwork,
    BridgedNetwork,
    NatNetwork, // another network than 10.0.2.0/24
    RateLimit,
    EgressRules,
    SerialPorts,
};

Support supportsHardware(const MachineDefinition &definition, Hardware hardware);

} // namespace engine
