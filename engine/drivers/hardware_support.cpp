// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/hardware_support.h"

#include "engine/drivers/qemu_firmware.h"
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

Support secureBoot()
{
    const Result<UefiFirmware> found =
        findUefiFirmware({.chipset = Chipset::Q35, .isSecureBootOn = true});
    if (found)
        return {true, {}};
    return supportFrom(found.error());
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

Support supportsHardware(const MachineDefinition &, Hardware hardware)
{
    switch (hardware) {
    case Hardware::BuiltInEngine:
        return {false, QStringLiteral("This version has no built-in engine")};
    case Hardware::NestedVirtualization:
        return nestedVirtualization();
    case Hardware::SecureBoot:
        return secureBoot();
    case Hardware::Tpm12:
    case Hardware::Tpm20:
        return supportFrom(checkTpmPrograms());
    case Hardware::BridgedNetwork:
        return bridgedNetwork();
    case Hardware::InternalNetwork:
    case Hardware::NatNetwork:
    case Hardware::RateLimit:
    case Hardware::EgressRules:
    case Hardware::SerialPorts:
        return {true, {}};
    }
    return {};
}

} // namespace engine
