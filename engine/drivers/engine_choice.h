// SPDX-License-Identifier: GPL-3.0-or-later
// Which engine runs a machine here, and why. The rules:
//   a saved state    goes on with the engine that saved it, whatever the definition says by now
//   qemu             QEMU
//   kvm              the built-in engine, or an error with the reason
//   auto             the built-in engine where the processor runs guests and the machine loses
//                    nothing by it (kvm_plan.h); else QEMU
// Several monitors QEMU does not have: the built-in engine runs such a machine, or nobody.
#pragma once

#include "engine/drivers/acceleration.h"
#include "engine/drivers/driver.h"

#include <QtCore/QStringList>

namespace engine {

struct EngineDecision
{
    EngineChoice engine = EngineChoice::Qemu; // Kvm or Qemu
    QString whyNotBuiltIn; // a sentence; empty when it is the built-in engine or was not wanted
};

// `savedBy`: Driver::name() of the driver that saved the machine's state; empty without one.
// Unsupported when the machine cannot run here as it asks to.
Result<EngineDecision> decideEngine(const MachineDefinition &definition, const QString &savedBy,
                                    const BuiltInAcceleration &builtIn);

} // namespace engine
