// SPDX-License-Identifier: GPL-3.0-or-later
// What the driver that open_driver.h would choose can give a machine on this computer, asked before
// anything runs: for settings to be offered, or greyed with the reason. Looks at files; starts
// nothing. Any thread.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/machine/machine_check.h"

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
    RemoteDisplay,
    RemoteDisplayTls,
    SeveralMonitors,
};

Support supportsHardware(const MachineDefinition &definition, Hardware hardware);

// What speaks against the engine that a definition asks for: what it cannot run (an error), what
// the guest would run without, and what this computer lacks (warnings); all of the field "engine".
// Any thread.
QList<DefinitionProblem> engineProblems(const MachineDefinition &definition);

} // namespace engine
