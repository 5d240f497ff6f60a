// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/engine_choice.h"

#include "engine/drivers/kvm_plan.h"
#include "engine/machine/qt_text.h"

namespace engine {

namespace {

const QString OtherEngine = QStringLiteral("Set the machine's engine to auto or qemu");

QString withAlternative(const QString &remedy, const QString &alternative)
{
    if (remedy.isEmpty())
        return alternative;
    return QString("%1; or %2").arg(remedy, alternative.left(1).toLower() + alternative.mid(1));
}

} // namespace

Result<EngineDecision> decideEngine(const MachineDefinition &definition, const QString &savedBy,
                                    const BuiltInAcceleration &builtIn)
{
    const EngineDecision kvm{EngineChoice::Kvm, {}};
    const Acceleration &host = builtIn.acceleration;
    if (savedBy.startsWith(QLatin1String("kvm"))) {
        if (builtIn.isUsable)
            return kvm;
        return makeError(ErrorKind::Unsupported,
                         QString("The machine \"%1\" was saved by the built-in engine (kvm), which "
                                 "cannot run here: %2")
                             .arg(definition.name, host.reason),
                         withAlternative(host.remedy, "Discard the saved state"));
    }
    if (!savedBy.isEmpty())
        return EngineDecision{EngineChoice::Qemu, "The machine was saved by QEMU"};
    const QStringList objections = kvmObjections(definition);
    if (definition.monitors > 1 && definition.engine != EngineChoice::Kvm) {
        const bool isQemuWanted = definition.engine == EngineChoice::Qemu;
        const bool isHardware = host.kind == Acceleration::Kind::Hardware;
        if (!isQemuWanted && objections.isEmpty() && isHardware)
            return kvm; // whatever else it lacks
        const QString reason = isQemuWanted ? QString("it asks for QEMU")
            : objections.isEmpty()          ? host.reason
                                            : objections.join("; ");
        return makeError(ErrorKind::Unsupported,
                         QString("The machine \"%1\" has %2 monitors, which only the built-in "
                                 "engine (kvm) gives it: %3")
                             .arg(definition.name)
                             .arg(definition.monitors)
                             .arg(reason),
                         withAlternative(isQemuWanted ? QString("Set the machine's engine to auto")
                                                      : host.remedy,
                                         "Give the machine one monitor"));
    }
    switch (definition.engine) {
    case EngineChoice::Qemu:
        break;
    case EngineChoice::Kvm:
        if (!objections.isEmpty())
            return makeError(ErrorKind::Unsupported,
                             QString("The machine \"%1\" asks for the built-in engine (kvm), which "
                                     "cannot run it: %2")
                                 .arg(definition.name, objections.join("; ")),
                             OtherEngine);
        if (!builtIn.isUsable)
            return makeError(ErrorKind::Unsupported,
                             QString("The machine \"%1\" asks for the built-in engine (kvm), which "
                                     "cannot run here: %2")
                                 .arg(definition.name, host.reason),
                             withAlternative(host.remedy, OtherEngine));
        return kvm;
    case EngineChoice::Auto: {
        if (host.kind != Acceleration::Kind::Hardware)
            return EngineDecision{EngineChoice::Qemu, host.reason};
        const QStringList reasons = objections + kvmLosses(definition);
        if (!reasons.isEmpty())
            return EngineDecision{EngineChoice::Qemu, reasons.join("; ")};
        return kvm;
    }
    }
    return EngineDecision{EngineChoice::Qemu, {}};
}

} // namespace engine
