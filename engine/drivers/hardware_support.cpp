// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/hardware_support.h"

#include "engine/drivers/acceleration.h"
#include "engine/drivers/kvm_plan.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/drivers/spice_server.h"
#include "engine/drivers/swtpm_process.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>

namespace engine {

namespace {

// The modules' parameter "nested", as the kernel documents it for KVM on x86: "Y" or "1".
Support nestedVirtualization()
{
    bool isModuleLoaded = false;
    for (const char *module : {"kvm_intel", "kvm_amd"}) {
        QFile file(QStringLiteral("/sys/module/%1/parameters/nested").arg(QLatin1String(module)));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        isModuleLoaded = true;
        const QByteArray value = file.readAll().trimmed();
        if (value == "Y" || value == "1")
            return {true, {}};
    }
    if (!isModuleLoaded) {
        return {false,
                QStringLiteral("This computer's processor does not offer virtualization to guests "
                               "now")};
    }
    return {false,
            QStringLiteral("It is switched off in this computer's kernel: the parameter \"nested\" "
                           "of the module kvm_intel or kvm_amd")};
}

// The reason with what to do about it, on one line of a tool tip.
Support supportFrom(const Result<> &result)
{
    if (result)
        return {true, {}};
    const QString remedy = toQString(result.error().remedy());
    const QString reason = errorText(result.error());
    return {false, remedy.isEmpty() ? reason : QStringLiteral("%1. %2").arg(reason, remedy)};
}

Support secureBoot(EngineChoice engine)
{
    const Result<UefiFirmware> found =
        findUefiFirmware({.chipset = Chipset::Q35,
                          .isSecureBootOn = true,
                          .hasSmm = engine != EngineChoice::Kvm});
    if (found)
        return {true, {}};
    return supportFrom(found.error());
}

// Whether KVM serves; what stands against one machine is in engineProblems(). Before the first
// self-test nothing is known to stand against it.
Support builtInEngine()
{
    const std::optional<BuiltInAcceleration> builtIn = knownBuiltInAcceleration();
    if (!builtIn || builtIn->isUsable)
        return {true, {}};
    const Acceleration &host = builtIn->acceleration;
    return {false,
            host.remedy.isEmpty() ? host.reason
                                  : QStringLiteral("%1. %2").arg(host.reason, host.remedy)};
}

// What the definition itself lacks for it, another adapter, machine_check.h says.
Support severalMonitors(const MachineDefinition &definition)
{
    if (definition.engine == EngineChoice::Qemu)
        return {false,
                QStringLiteral("With QEMU a machine has one monitor; the built-in engine gives it "
                               "several")};
    MachineDefinition several = definition;
    several.video = VideoModel::Virtio;
    several.monitors = MachineDefinition::MaxMonitors;
    const QStringList objections = kvmObjections(several);
    if (!objections.isEmpty())
        return {false,
                QStringLiteral("Only the built-in engine has several monitors, and it cannot run "
                               "this machine: %1")
                    .arg(objections.first())};
    return builtInEngine();
}

// Whether there is any at all to be bridged to; which one, the list of them says.
Support bridgedNetwork()
{
    const QList<HostNetworkInterface> interfaces = hostNetworkInterfaces();
    QString reason = QStringLiteral("This computer has no network interface");
    for (const HostNetworkInterface &one : interfaces) {
        if (one.isAvailable())
            return {true, {}};
        reason = one.remedy.isEmpty() ? one.reason
                                      : QStringLiteral("%1. %2").arg(one.reason, one.remedy);
    }
    return {false, reason};
}

} // namespace

Support supportsHardware(const MachineDefinition &definition, Hardware hardware)
{
    if (definition.engine == EngineChoice::Kvm && hardware == Hardware::Tpm12)
        return {false,
                QStringLiteral("The built-in engine does not have it; choose the engine QEMU, or "
                               "have it chosen automatically")};
    switch (hardware) {
    case Hardware::BuiltInEngine:
        return builtInEngine();
    case Hardware::NestedVirtualization:
        return nestedVirtualization();
    case Hardware::SecureBoot:
        return secureBoot(definition.engine);
    case Hardware::Tpm12:
    case Hardware::Tpm20:
        return supportFrom(checkTpmPrograms());
    case Hardware::BridgedNetwork:
        return bridgedNetwork();
    case Hardware::SeveralMonitors:
        return severalMonitors(definition);
    case Hardware::RemoteDisplayTls:
        return supportFrom(checkSpiceCertificateTool());
    case Hardware::InternalNetwork:
    case Hardware::NatNetwork:
    case Hardware::RateLimit:
    case Hardware::EgressRules:
    case Hardware::SerialPorts:
    case Hardware::RemoteDisplay:
        return {true, {}};
    }
    return {};
}

QList<DefinitionProblem> engineProblems(const MachineDefinition &definition)
{
    QList<DefinitionProblem> problems;
    const auto add = [&problems](DefinitionProblem::Severity severity, const QString &text) {
        problems.append({severity, QStringLiteral("engine"), text});
    };
    if (definition.engine == EngineChoice::Qemu && definition.monitors > 1)
        add(DefinitionProblem::Severity::Error,
            QStringLiteral("QEMU cannot run this machine: with it a machine has one monitor"));
    if (definition.engine != EngineChoice::Kvm)
        return problems;
    const QStringList objections = kvmObjections(definition);
    for (const QString &objection : objections)
        add(DefinitionProblem::Severity::Error,
            QStringLiteral("The built-in engine cannot run this machine: %1").arg(objection));
    const QStringList losses = kvmLosses(definition);
    for (const QString &loss : losses)
        add(DefinitionProblem::Severity::Warning,
            QStringLiteral("The built-in engine leaves something out: %1").arg(loss));
    const Support host = builtInEngine();
    if (!host.isAvailable)
        add(DefinitionProblem::Severity::Warning, host.reason);
    return problems;
}

} // namespace engine
