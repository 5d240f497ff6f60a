// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/machine_maker.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/machine/machine_name.h"
#include "engine/media/disk_image.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtCore/QRandomGenerator>

#include <algorithm>

#include <unistd.h>

namespace engine {

namespace {

constexpr qint64 MiB = 1024 * 1024;
// What an installation needs at the very least, whatever the data says.
constexpr qint64 SmallestFreeBytes = 64 * MiB;

QString sizeText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

QString baseFolder(const NewMachinePlan &plan, const MachineStore &store)
{
    return plan.folder.isEmpty() ? store.machineFolder() : plan.folder;
}

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
}

QString randomMac()
{
    const quint32 bits = QRandomGenerator::system()->generate();
    return QStringLiteral("52:54:00:%1:%2:%3")
        .arg(bits & 0xff, 2, 16, QLatin1Char('0'))
        .arg(bits >> 8 & 0xff, 2, 16, QLatin1Char('0'))
        .arg(bits >> 16 & 0xff, 2, 16, QLatin1Char('0'));
}

void checkName(const NewMachinePlan &plan, const MachineStore &store, QList<PlanProblem> &problems)
{
    if (const QString problem = machineNameProblem(plan.name); !problem.isEmpty())
        return problems.append({PlanField::Name, problem});
    const QList<MachineEntry> machines = store.machines();
    const QString folder = baseFolder(plan, store) + QLatin1Char('/') + plan.name;
    if (std::any_of(machines.begin(), machines.end(), [&plan](const MachineEntry &entry) {
            return entry.displayName().compare(plan.name, Qt::CaseInsensitive) == 0;
        })) {
        problems.append({PlanField::Name,
                         QStringLiteral("There is a machine named \"%1\" already").arg(plan.name)});
    } else if (QFileInfo::exists(folder)) {
        problems.append(
            {PlanField::Name, QStringLiteral("The folder \"%1\" exists already").arg(folder)});
    }
}

void checkSizes(const NewMachinePlan &plan, QList<PlanProblem> &problems)
{
    const qint64 hostBytes = HostFacts::current().memoryBytes;
    const int least = std::max(plan.preset.minimumMemoryMiB, MachineDefinition::MinMemoryMiB);
    if (plan.memoryMiB < least) {
        problems.append({PlanField::Memory,
                         QStringLiteral("The system needs at least %1 MiB of memory").arg(least)});
    } else if (hostBytes > 0 && plan.memoryMiB * MiB > hostBytes) {
        problems.append(
            {PlanField::Memory,
             QStringLiteral("This computer has only %1 of memory").arg(sizeText(hostBytes))});
    }
    if (plan.cpus < 1 || plan.cpus > MachineDefinition::MaxCpus) {
        problems.append({PlanField::Cpus,
                         QStringLiteral("A machine can have from 1 to %1 CPUs")
                             .arg(MachineDefinition::MaxCpus)});
    }
}

void checkNewDisk(const NewMachinePlan &plan, const MachineStore &store,
                  QList<PlanProblem> &problems)
{
    if (plan.diskBytes <= 0) {
        problems.append({PlanField::Disk, QStringLiteral("The disk needs a size")});
    } else if (plan.diskBytes < plan.preset.minimumDiskBytes) {
        problems.append({PlanField::Disk,
                         QStringLiteral("The system needs a disk of at least %1")
                             .arg(sizeText(plan.preset.minimumDiskBytes))});
    }
    const QString folder = baseFolder(plan, store);
    const qint64 free = freeBytesFor(folder);
    const qint64 needed =
        std::max(SmallestFreeBytes, std::min(plan.diskBytes, plan.preset.minimumDiskBytes));
    if (free >= 0 && free < needed) {
        problems.append(
            {PlanField::Disk,
             QStringLiteral("There is not enough space in \"%1\": %2 is free, %3 is needed")
                 .arg(folder, sizeText(free), sizeText(needed))});
    }
}

void checkExistingDisk(const NewMachinePlan &plan, const MachineStore &store,
                       QList<PlanProblem> &problems)
{
    if (plan.existingDisk.isEmpty())
        problems.append({PlanField::Disk, QStringLiteral("Choose the disk to use")});
    else if (!QFileInfo(plan.existingDisk).isFile())
        problems.append(
            {PlanField::Disk, QStringLiteral("\"%1\" is not a disk file").arg(plan.existingDisk)});
    else if (store.usedMedia(MediumKind::HardDisk)
                 .contains(QFileInfo(plan.existingDisk).absoluteFilePath())) {
        problems.append(
            {PlanField::Disk,
             QStringLiteral("Another machine uses the disk \"%1\"").arg(plan.existingDisk)});
    }
}

} // namespace

HostFacts HostFacts::current()
{
    HostFacts facts;
    facts.cpus = std::max(1, int(::sysconf(_SC_NPROCESSORS_ONLN)));
    QFile file(QStringLiteral("/proc/meminfo"));
    if (!file.open(QIODevice::ReadOnly))
        return facts;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() < 2)
            continue;
        if (words.front() == "MemTotal:")
            facts.memoryBytes = words.at(1).toLongLong() * 1024;
        else if (words.front() == "MemAvailable:")
            facts.freeMemoryBytes = words.at(1).toLongLong() * 1024;
    }
    return facts;
}

NewMachinePlan suggestPlan(const OsCatalog &catalog, const MediaInfo &media,
                           const MachineStore &store, const HostFacts &host)
{
    NewMachinePlan plan;
    plan.name = freeName(usableName(media.label), store);
    plan.osId = media.osId;
    plan.isoPath = media.path.isEmpty() ? QString() : QFileInfo(media.path).absoluteFilePath();
    plan.preset = media.architecture.isEmpty() ? catalog.preset(media.osId)
                                               : catalog.preset(media.osId, media.architecture);
    plan.diskBytes = plan.preset.diskBytes;
    fitToHost(plan, host);
    return plan;
}

NewMachinePlan suggestPlanForDisk(const OsCatalog &catalog, const QString &diskPath,
                                  const MachineStore &store, const HostFacts &host)
{
    NewMachinePlan plan;
    plan.name = freeName(usableName(QFileInfo(diskPath).completeBaseName()), store);
    plan.preset = catalog.preset({});
    plan.disk = DiskChoice::ExistingDisk;
    plan.existingDisk = QFileInfo(diskPath).absoluteFilePath();
    fitToHost(plan, host);
    return plan;
}

QList<PlanProblem> planProblems(const NewMachinePlan &plan, const MachineStore &store)
{
    QList<PlanProblem> problems;
    checkName(plan, store, problems);
    if (!plan.isoPath.isEmpty() && !QFileInfo(plan.isoPath).isFile())
        problems.append(
            {PlanField::Medium, QStringLiteral("The image \"%1\" is missing").arg(plan.isoPath)});
    checkSizes(plan, problems);
    if (plan.disk == DiskChoice::NewDisk)
        checkNewDisk(plan, store, problems);
    else if (plan.disk == DiskChoice::ExistingDisk)
        checkExistingDisk(plan, store, problems);
    if (plan.isDisposable && plan.disk != DiskChoice::NoDisk)
        problems.append(
            {PlanField::Disk, QStringLiteral("Only a machine without a disk can be thrown away")});
    if (plan.firmware == Firmware::Uefi && !findUefiFirmware({.chipset = plan.preset.chipset})) {
        problems.append(
            {PlanField::Firmware,
             QStringLiteral("No UEFI firmware is installed: install the package ovmf, or "
                            "choose BIOS")});
    }
    return problems;
}

MachineDefinition definitionFor(const NewMachinePlan &plan)
{
    const OsPreset &preset = plan.preset;
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
    definition.isDisposable = plan.isDisposable && plan.disk == DiskChoice::NoDisk;
    // An empty disk does not boot, so the first start falls through to the disc.
    definition.bootOrder = {BootDevice::HardDisk, BootDevice::Optical};

    const auto controllerOf = [](ControllerKind kind) {
        StorageController controller;
        controller.kind = kind;
        controller.name = kind == ControllerKind::Ide ? QStringLiteral("IDE")
            : kind == ControllerKind::Virtio          ? QStringLiteral("VirtIO")
            : kind == ControllerKind::Nvme            ? QStringLiteral("NVMe")
            : kind == ControllerKind::Usb             ? QStringLiteral("USB")
                                                      : QStringLiteral("SATA");
        const bool isPlain = kind == ControllerKind::Ide || kind == ControllerKind::Sata;
        controller.portCount = isPlain ? 2 : 1;
        return controller;
    };
    const bool hasDisk = plan.disk != DiskChoice::NoDisk;
    StorageController optical = controllerOf(preset.opticalBus);
    StorageAttachment drive{.kind = MediumKind::Optical, .port = 0, .path = plan.isoPath};
    if (hasDisk) {
        const StorageAttachment disk{.kind = MediumKind::HardDisk,
                                     .path = plan.disk == DiskChoice::NewDisk
                                         ? QStringLiteral("disks/%1.qcow2").arg(plan.name)
                                         : plan.existingDisk};
        if (preset.diskBus == preset.opticalBus) {
            optical.attachments.append(disk);
            drive.port = 1;
        } else {
            StorageController controller = controllerOf(preset.diskBus);
            controller.attachments.append(disk);
            definition.controllers.append(controller);
        }
    }
    optical.attachments.append(drive);
    definition.controllers.append(optical);

    NetworkAdapter adapter;
    adapter.mode = NetworkMode::Nat;
    adapter.model = preset.nic;
    adapter.macAddress = randomMac();
    definition.adapters = {adapter};
    return definition;
}

} // namespace engine
