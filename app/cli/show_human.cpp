// SPDX-License-Identifier: GPL-3.0-or-later
// "Key: value" lines with indented sub-keys: for people, and for programs that read the long form
// of a list.
#include "app/cli/folder_format.h"
#include "app/cli/modify_vrde.h"
#include "app/cli/nic_settings.h"
#include "app/cli/show_format.h"
#include "app/cli/usb_format.h"
#include "app/cli/vbox_network_words.h"
#include "app/cli/vbox_words.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFileInfo>

namespace app {

using namespace engine;

namespace {

constexpr int Column = 29;

QString enabled(bool value)
{
    return value ? QStringLiteral("enabled") : QStringLiteral("disabled");
}

QString stateLine(const MachineView &view)
{
    QString word = view.live.word;
    if (word == QLatin1String("poweroff"))
        word = QStringLiteral("powered off");
    if (view.live.changed.isValid())
        word += QStringLiteral(" (since %1)").arg(stampWord(view.live.changed));
    return word;
}

QString storageLines(const MachineView &view)
{
    const MachineDefinition &definition = view.entry.definition;
    QString text = QStringLiteral("Storage Controllers:\n");
    for (const StorageController &controller : view.controllers()) {
        text += QStringLiteral("  '%1': %2, %3 ports%4\n")
                    .arg(controller.name, controllerTypeWord(definition, controller))
                    .arg(controller.portCount)
                    .arg(controller.isBootable ? QStringLiteral(", bootable") : QString());
        for (const StorageAttachment &attachment : controller.attachments) {
            const QString path = resolvedPath(attachment, view.entry.folder);
            text += QStringLiteral("    Port %1, device %2: %3%4\n")
                        .arg(attachment.port)
                        .arg(attachment.device)
                        .arg(path.isEmpty() ? QStringLiteral("empty drive") : path,
                             attachment.isReadOnly ? QStringLiteral(" (read-only)") : QString());
        }
    }
    return text;
}

// VirtualBox's words, which programs read.
QString attachmentText(const NetworkAdapter &adapter)
{
    switch (adapter.mode) {
    case NetworkMode::None:
    case NetworkMode::NotAttached:
        return QStringLiteral("none");
    case NetworkMode::Nat:
        return adapter.natNetwork.isEmpty() ? QStringLiteral("NAT")
                                            : QStringLiteral("NAT (%1)").arg(adapter.natNetwork);
    case NetworkMode::Internal:
        return QStringLiteral("Internal Network '%1'").arg(adapter.internalNetwork);
    case NetworkMode::Bridged:
        return QStringLiteral("Bridged Interface '%1'").arg(adapter.hostInterface);
    }
    return {};
}

QString limitsText(const NetworkAdapter &adapter)
{
    QString text;
    if (adapter.rateLimitKiBps > 0)
        text += QStringLiteral(", Limit: %1 KiB/s").arg(adapter.rateLimitKiBps);
    if (adapter.mode == NetworkMode::Nat && adapter.egress != EgressPolicy::Open)
        text += QStringLiteral(", Egress: ") + egressWord(adapter);
    return text;
}

QString networkLines(const MachineView &view)
{
    QString text;
    const QList<NetworkAdapter> &adapters = view.adapters();
    for (int i = 0; i < MachineDefinition::MaxAdapters; ++i) {
        const QString label = QStringLiteral("NIC %1").arg(i + 1);
        if (i >= adapters.size() || adapters.at(i).mode == NetworkMode::None) {
            text += labelled(label, QStringLiteral("disabled"), Column);
            continue;
        }
        const NetworkAdapter &adapter = adapters.at(i);
        text += labelled(
            label,
            QStringLiteral("MAC: %1, Attachment: %2, Cable connected: %3, Type: %4")
                    .arg(macWord(adapter.macAddress), attachmentText(adapter),
                         adapter.isCableConnected ? QStringLiteral("on") : QStringLiteral("off"),
                         nicTypeWord(adapter.model))
                + limitsText(adapter),
            Column);
        for (qsizetype rule = 0; rule < adapter.forwards.size(); ++rule) {
            const PortForward &forward = adapter.forwards.at(rule);
            text += labelled(QStringLiteral("NIC %1 Rule(%2)").arg(i + 1).arg(rule),
                             QStringLiteral("name = %1, protocol = %2, host ip = %3, host port = "
                                            "%4, guest ip = %5, guest port = %6")
                                 .arg(forward.name, enumName(forward.protocol), forward.hostAddress)
                                 .arg(forward.hostPort)
                                 .arg(forward.guestAddress)
                                 .arg(forward.guestPort),
                             Column);
        }
    }
    return text;
}

} // namespace

QString humanReadable(const MachineView &view)
{
    const MachineEntry &entry = view.entry;
    if (entry.error)
        return labelled(QStringLiteral("Name"), QStringLiteral("<inaccessible>"), Column)
            + labelled(QStringLiteral("Config file"), entry.definitionPath, Column)
            + labelled(QStringLiteral("Access error"), errorText(*entry.error), Column);

    const MachineDefinition &definition = entry.definition;
    QString text;
    const auto put = [&text](const char *label, const QString &value) {
        text += labelled(QString::fromLatin1(label), value, Column);
    };
    put("Name", definition.name);
    put("Groups",
        definition.groups.isEmpty() ? QStringLiteral("/")
                                    : definition.groups.join(QLatin1Char(',')));
    put("Guest OS", osTypeWords(definition).description);
    put("UUID", uuidWord(definition.uuid));
    put("Config file", entry.definitionPath);
    put("Snapshot folder", entry.folder + QStringLiteral("/snapshots"));
    put("Log folder", QFileInfo(paths::logFile(entry.folder)).path());
    put("Memory size", QStringLiteral("%1MB").arg(definition.memoryMiB));
    if (definition.balloonMiB > 0)
        put("Memory balloon", QStringLiteral("%1MB").arg(definition.balloonMiB));
    put("VRAM size", QStringLiteral("%1MB").arg(definition.videoMemoryMiB));
    put("Chipset", chipsetWord(definition.chipset));
    put("Firmware", firmwareWord(definition.firmware));
    if (definition.firmware == Firmware::Uefi)
        put("Secure Boot", enabled(definition.isSecureBootOn));
    put("TPM Type", tpmWord(definition.tpm));
    put("Number of CPUs", QString::number(definition.cpus));
    const BootSlots places = bootSlots(definition);
    for (std::size_t i = 0; i < places.size(); ++i)
        text += labelled(QStringLiteral("Boot Device %1").arg(i + 1), bootWord(places[i]), Column);
    put("RTC",
        definition.clock == ClockBase::Utc ? QStringLiteral("UTC") : QStringLiteral("local time"));
    put("State", stateLine(view));
    put("Graphics Controller", graphicsWord(definition));
    put("Monitor count", QString::number(definition.monitors));
    put("Pointing Device", pointingWord(definition.pointing));
    put("Keyboard Device", keyboardWord(definition.keyboard));
    put("USB",
        definition.usb == UsbController::None ? QStringLiteral("disabled")
                                              : enumName(definition.usb));
    put("Audio",
        enabled(definition.audio != AudioModel::None)
            + (definition.audio == AudioModel::None
                   ? QString()
                   : QStringLiteral(" (Controller: %1)")
                         .arg(audioControllerWord(definition.audio))));
    put("Audio playback", enabled(definition.isAudioOutputOn));
    put("Audio capture", enabled(definition.isAudioInputOn));
    put("Recording",
        enabled(definition.recording.isOn)
            + QStringLiteral(" (Size: %1, %2 fps, sound: %3)")
                  .arg(recordingSizeWord(definition.recording))
                  .arg(definition.recording.framesPerSecond)
                  .arg(definition.recording.hasSound ? QStringLiteral("on")
                                                     : QStringLiteral("off")));
    put("Clipboard Mode", sharingWord(definition.clipboard));
    put("Drag and drop Mode", sharingWord(definition.dragAndDrop));
    text += remoteDisplayText(definition, view.live.status ? &view.live.status->spice : nullptr,
                              Column);
    text += storageLines(view);
    text += networkLines(view);
    text += usbFiltersText(definition.usbFilters);
    if (view.live.status)
        text += attachedUsbText(view.live.status->usbDevices);
    text += sharedFoldersText(definition.sharedFolders,
                              view.live.status ? view.live.status->sharedFolders
                                               : QList<MachineFolder>());
    put("Engine", enumName(definition.engine));
    if (view.live.status) {
        put("Driver", view.live.status->driver);
        put("Acceleration", view.acceleration());
        put("Session type", view.live.status->startType);
    } else if (!view.wouldRunBy.isEmpty()) {
        put("Driver", QStringLiteral("would be ") + view.wouldRunBy);
    }
    if (!definition.description.isEmpty())
        text += QStringLiteral("Description:\n%1\n").arg(definition.description);
    return text;
}

} // namespace app
