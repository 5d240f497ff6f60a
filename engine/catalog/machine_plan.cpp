// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/machine_maker.h"
#include "engine/machine/mac_address.h"
#include "engine/machine/machine_name.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <algorithm>

namespace engine {

namespace {

constexpr qint64 MiB = 1024 * 1024;

// Volume ids and file names make usable names once what no folder may carry is out.
QString usableName(QString name)
{
    for (QChar &character : name) {
        if (character == QLatin1Char('/') || character.category() == QChar::Other_Control
            || character == QLatin1Char('_'))
            character = QLatin1Char(' ');
    }
    name = name.simplified();
    while (name.startsWith(QLatin1Char('.')))
        name.remove(0, 1);
    name = name.left(60).trimmed();
    return machineNameProblem(name).isEmpty() ? name : QStringLiteral("New Machine");
}

QString freeName(const QString &wanted, const MachineStore &store)
{
    const QList<MachineEntry> machines = store.machines();
    const auto isTaken = [&](const QString &name) {
        return QFileInfo::exists(store.machineFolder() + QLatin1Char('/') + name)
            || std::any_of(machines.begin(), machines.end(), [&name](const MachineEntry &entry) {
                   return entry.displayName().compare(name, Qt::CaseInsensitive) == 0;
               });
    };
    QString name = wanted;
    for (int i = 2; isTaken(name); ++i)
        name = QStringLiteral("%1 (%2)").arg(wanted).arg(i);
    return name;
}

void fitToHost(NewMachinePlan &plan, const HostFacts &host)
{
    plan.memoryMiB = plan.preset.memoryMiB;
    if (host.memoryBytes > 0)
        plan.memoryMiB = std::min(plan.memoryMiB, int(host.memoryBytes / MiB / 2));
    plan.memoryMiB =
        std::max({plan.memoryMiB, plan.preset.minimumMemoryMiB, MachineDefinition::MinMemoryMiB});
    plan.cpus = std::clamp(plan.preset.cpus, 1, std::max(1, host.cpus - 1));
    plan.firmware = plan.preset.firmware;
    // What its installer asks for, or refuses to go on without.
    plan.isSecureBootOn = plan.firmware == Firmware::Uefi && plan.preset.needsSecureBoot;
    plan.tpm = plan.preset.needsTpm ? TpmModel::Tpm20 : TpmModel::None;
}

StorageController controllerOf(ControllerKind kind)
{
    StorageController controller;
    controller.kind = kind;
    controller.name = kind == ControllerKind::Ide ? QStringLiteral("IDE")
        : kind == ControllerKind::Virtio          ? QStringLiteral("VirtIO")
        : kind == ControllerKind::VirtioScsi      ? QStringLiteral("VirtIO SCSI")
        : kind == ControllerKind::Nvme            ? QStringLiteral("NVMe")
        : kind == ControllerKind::Usb             ? QStringLiteral("USB")
                                                  : QStringLiteral("SATA");
    const bool isPlain = kind == ControllerKind::Ide || kind == ControllerKind::Sata;
    controller.portCount = isPlain ? 2 : 1;
    return controller;
}

// The next free place; IDE has two devices at each port.
void attach(StorageController &controller, StorageAttachment attachment)
{
    const int place = int(controller.attachments.size());
    if (controller.kind == ControllerKind::Ide) {
        // One each at first: sharing a cable is what old systems do worst.
        attachment.port = place % 2;
        attachment.device = place / 2;
    } else {
        attachment.port = place;
    }
    controller.portCount = std::max(controller.portCount, attachment.port + 1);
    controller.attachments.append(attachment);
}

StorageAttachment attachmentFor(const NewMachinePlan &plan, int disk)
{
    const PlannedDisk &planned = plan.disks.at(disk);
    StorageAttachment attachment{.kind = MediumKind::HardDisk,
                                 .isDiscardOn = planned.isDiscardOn,
                                 .isSolidState = planned.isSolidState};
    if (planned.source == DiskSource::Existing) {
        attachment.path = planned.path;
        return attachment;
    }
    const QString folder =
        planned.folder.isEmpty() ? QStringLiteral("disks") : QDir(planned.folder).absolutePath();
    attachment.path = folder + QLatin1Char('/') + diskFileName(plan, disk);
    attachment.format = imageFormatName(planned.format);
    return attachment;
}

} // namespace

NewMachinePlan suggestPlan(const OsCatalog &catalog, const MediaInfo &media,
                           const MachineStore &store, const HostFacts &host)
{
    NewMachinePlan plan;
    plan.name = freeName(usableName(media.label), store);
    plan.osId = media.osId;
    plan.isoPath = media.path.isEmpty() ? QString() : QFileInfo(media.path).absoluteFilePath();
    plan.preset = media.architecture.isEmpty() ? catalog.preset(media.osId)
                                               : catalog.preset(media.osId, media.architecture);
    plan.disks = {{.sizeBytes = plan.preset.diskBytes}};
    fitToHost(plan, host);
    return plan;
}

NewMachinePlan suggestPlanForDisk(const OsCatalog &catalog, const QString &diskPath,
                                  const MachineStore &store, const HostFacts &host)
{
    NewMachinePlan plan;
    plan.name = freeName(usableName(QFileInfo(diskPath).completeBaseName()), store);
    plan.preset = catalog.preset({});
    plan.disks = {{.source = DiskSource::Existing, .path = QFileInfo(diskPath).absoluteFilePath()}};
    fitToHost(plan, host);
    return plan;
}

QString diskFileName(const NewMachinePlan &plan, int disk)
{
    const auto suffix = [](ImageFormat format) {
        switch (format) {
        case ImageFormat::Raw:
            return QStringLiteral("raw");
        case ImageFormat::Vhd:
            return QStringLiteral("vhd");
        default:
            return imageFormatName(format);
        }
    };
    const QString number = disk == 0 ? QString() : QStringLiteral(" %1").arg(disk + 1);
    return plan.name + number + QLatin1Char('.') + suffix(plan.disks.at(disk).format);
}

FitRequest fitRequestFor(const NewMachinePlan &plan, const MachineStore &store,
                         const std::function<ExistingSize(const QString &path)> &sizeOf)
{
    FitRequest request{.memoryMiB = plan.memoryMiB, .cpus = plan.cpus};
    const QString base = plan.folder.isEmpty() ? store.machineFolder() : plan.folder;
    for (const PlannedDisk &disk : plan.disks) {
        FitDisk fit{.folder = disk.folder.isEmpty() ? base : disk.folder};
        if (disk.source == DiskSource::New) {
            fit.virtualBytes = disk.sizeBytes;
            fit.bytesAtOnce = disk.isFullyAllocated ? disk.sizeBytes : 0;
        } else {
            const ExistingSize size = sizeOf ? sizeOf(disk.path) : ExistingSize();
            // One that is used where it is grows where it is; that it can is not news.
            if (disk.source == DiskSource::Existing || size.virtualBytes <= 0)
                continue;
            fit.virtualBytes = size.virtualBytes;
            fit.bytesAtOnce = disk.isFullyAllocated
                ? size.virtualBytes
                : std::min(size.virtualBytes, size.allocatedBytes);
        }
        request.disks.append(fit);
    }
    return request;
}

MachineDefinition definitionFor(const NewMachinePlan &plan)
{
    OsPreset preset = plan.preset;
    // Who asks for the built-in engine gets what it has, the system's own favorites or not.
    if (plan.engine == EngineChoice::Kvm) {
        preset.nic = NicModel::Virtio;
        if (preset.diskBus != ControllerKind::Virtio)
            preset.diskBus = ControllerKind::Sata;
        preset.opticalBus = ControllerKind::Sata;
    }
    MachineDefinition definition;
    definition.name = plan.name;
    definition.osId = plan.osId;
    definition.engine = plan.engine;
    definition.memoryMiB = plan.memoryMiB;
    definition.cpus = plan.cpus;
    definition.firmware = plan.firmware;
    definition.chipset = preset.chipset;
    definition.clock = preset.clock;
    definition.video = preset.video;
    definition.audio = preset.audio;
    definition.pointing = preset.pointing;
    definition.usb = preset.usb;
    definition.isSecureBootOn = plan.isSecureBootOn && plan.firmware == Firmware::Uefi;
    definition.tpm = plan.tpm;
    definition.isDisposable = plan.isDisposable && plan.disks.isEmpty();
    // A system that nobody knows gets nothing of the user's until they say so.
    if (!plan.osId.isEmpty()) {
        definition.clipboard = SharingMode::Bidirectional;
        definition.dragAndDrop = SharingMode::HostToGuest;
    }
    // An empty disk does not boot, so the first start falls through to the disc.
    definition.bootOrder = {BootDevice::HardDisk, BootDevice::Optical};
    if (plan.isNetworkBoot)
        definition.bootOrder.prepend(BootDevice::Network);

    StorageController optical = controllerOf(preset.opticalBus);
    StorageController disks = controllerOf(preset.diskBus);
    StorageController &holder = preset.diskBus == preset.opticalBus ? optical : disks;
    const StorageAttachment drive{.kind = MediumKind::Optical, .path = plan.isoPath};
    for (int i = 0; i < plan.disks.size(); ++i) {
        attach(holder, attachmentFor(plan, i));
        // With the second place for the drive, however many disks there are.
        if (i == 0 && &holder == &optical)
            attach(optical, drive);
    }
    if (optical.attachments.isEmpty())
        attach(optical, drive);
    if (!disks.attachments.isEmpty())
        definition.controllers.append(disks);
    definition.controllers.append(optical);

    if (plan.network == NetworkMode::None)
        return definition;
    NetworkAdapter adapter;
    adapter.mode = plan.network;
    adapter.model = preset.nic;
    adapter.macAddress = randomMacAddress();
    definition.adapters = {adapter};
    return definition;
}

} // namespace engine
