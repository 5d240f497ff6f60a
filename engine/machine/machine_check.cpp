// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_check.h"

#include "engine/machine/check_parts.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/machine_name.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/remote_display.h"
#include "engine/machine/usb_filter.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QSet>

namespace engine {

namespace {

// A Unix socket's address has room for so many bytes and a zero: unix(7).
constexpr int LongestSocketPath = 107;

void checkGeneral(const MachineDefinition &definition, const CheckContext &context,
                  ProblemList &problems)
{
    if (definition.uuid.isNull())
        problems.error(QStringLiteral("uuid"), QStringLiteral("The machine has no UUID"));
    if (const QString problem = machineNameProblem(definition.name); !problem.isEmpty())
        problems.error(QStringLiteral("name"), problem);
    for (const OtherMachine &other : context.others) {
        if (other.definition.name.compare(definition.name, Qt::CaseInsensitive) == 0) {
            problems.error(QStringLiteral("name"),
                           QStringLiteral("There is a machine named \"%1\" already")
                               .arg(other.definition.name));
        }
    }
    for (const QString &group : definition.groups) {
        if (!group.startsWith(QLatin1Char('/'))) {
            problems.error(QStringLiteral("groups"),
                           QStringLiteral("The group \"%1\" must begin with a slash").arg(group));
        }
    }
}

void checkMemory(const MachineDefinition &definition, const CheckContext &context,
                 ProblemList &problems)
{
    const QString field = QStringLiteral("memoryMiB");
    if (definition.memoryMiB < MachineDefinition::MinMemoryMiB
        || definition.memoryMiB > MachineDefinition::MaxMemoryMiB) {
        problems.error(field,
                       QStringLiteral("A machine can have from %1 MiB to %2 MiB of memory, not %3")
                           .arg(MachineDefinition::MinMemoryMiB)
                           .arg(MachineDefinition::MaxMemoryMiB)
                           .arg(definition.memoryMiB));
    } else if (context.hostMemoryMiB > 0 && definition.memoryMiB > context.hostMemoryMiB) {
        problems.warning(field,
                         QStringLiteral("This computer has only %1 MiB of memory: the machine will "
                                        "be very slow or not start")
                             .arg(context.hostMemoryMiB));
    }
    const int most = MachineDefinition::maxBalloonMiB(definition.memoryMiB);
    if (definition.balloonMiB < 0 || definition.balloonMiB > most)
        problems.error(QStringLiteral("balloonMiB"),
                       QStringLiteral("The memory balloon can take up to %1 MiB of the machine's "
                                      "%2 MiB, not %3")
                           .arg(most)
                           .arg(definition.memoryMiB)
                           .arg(definition.balloonMiB));
}

void checkCpus(const MachineDefinition &definition, const CheckContext &context,
               ProblemList &problems)
{
    const QString field = QStringLiteral("cpus");
    if (definition.cpus < 1 || definition.cpus > MachineDefinition::MaxCpus) {
        problems.error(field,
                       QStringLiteral("A machine can have from 1 to %1 CPUs, not %2")
                           .arg(MachineDefinition::MaxCpus)
                           .arg(definition.cpus));
    } else if (context.hostCpus > 0 && definition.cpus > context.hostCpus) {
        problems.warning(field,
                         QStringLiteral("This computer has only %1 processors: with more, the "
                                        "machine gets slower instead of faster")
                             .arg(context.hostCpus));
    }
}

void checkSharedFolders(const MachineDefinition &definition, ProblemList &problems)
{
    const QString list = QStringLiteral("sharedFolders");
    if (definition.sharedFolders.size() > MachineDefinition::MaxSharedFolders)
        problems.error(list,
                       QStringLiteral("A machine can have at most %1 shared folders")
                           .arg(MachineDefinition::MaxSharedFolders));
    QSet<QString> names;
    for (qsizetype i = 0; i < definition.sharedFolders.size(); ++i) {
        const SharedFolder &folder = definition.sharedFolders.at(i);
        const QString field = QStringLiteral("%1/%2").arg(list).arg(i);
        const QString what = QStringLiteral("The shared folder \"%1\"").arg(folder.name);
        if (folder.name.isEmpty())
            problems.error(field + QStringLiteral("/name"),
                           QStringLiteral("A shared folder needs a name"));
        else if (folder.name.toUtf8().size() > MachineDefinition::MaxShareNameBytes)
            problems.error(field + QStringLiteral("/name"),
                           QStringLiteral("%1 has too long a name: at most %2 bytes")
                               .arg(what)
                               .arg(MachineDefinition::MaxShareNameBytes));
        else if (folder.name.contains(QLatin1Char('/')) || folder.name.contains(QLatin1Char('\n')))
            problems.error(field + QStringLiteral("/name"),
                           QStringLiteral("%1 must not have a slash in its name").arg(what));
        if (names.contains(folder.name))
            problems.error(
                field + QStringLiteral("/name"),
                QStringLiteral("There are two shared folders named \"%1\"").arg(folder.name));
        names.insert(folder.name);
        if (!QDir::isAbsolutePath(folder.path))
            problems.error(field + QStringLiteral("/path"),
                           QStringLiteral("%1 needs a folder of this computer").arg(what));
        else if (!QDir(folder.path).exists())
            problems.warning(
                field + QStringLiteral("/path"),
                QStringLiteral("The folder \"%1\" is not there (now)").arg(folder.path));
    }
}

void checkBootOrder(const MachineDefinition &definition, ProblemList &problems)
{
    const QString field = QStringLiteral("bootOrder");
    QSet<BootDevice> seen;
    for (const BootDevice device : definition.bootOrder) {
        if (seen.contains(device)) {
            problems.error(field,
                           QStringLiteral("The boot order names %1 twice").arg(enumName(device)));
        }
        seen.insert(device);
    }
    if (definition.bootOrder.isEmpty()) {
        problems.warning(field,
                         QStringLiteral("The machine starts from nothing: choose a boot device"));
    }
}

void checkBoard(const MachineDefinition &definition, ProblemList &problems)
{
    if (definition.isSecureBootOn && definition.firmware != Firmware::Uefi) {
        problems.error(QStringLiteral("secureBoot"),
                       QStringLiteral("Secure Boot needs the firmware UEFI"));
    } else if (definition.isSecureBootOn && definition.chipset != Chipset::Q35) {
        // Only that board's system management mode keeps the guest from the keys.
        problems.error(QStringLiteral("secureBoot"),
                       QStringLiteral("Secure Boot needs the chipset ICH9 (Q35)"));
    }
    if (definition.videoMemoryMiB < 0
        || definition.videoMemoryMiB > MachineDefinition::MaxVideoMemoryMiB) {
        problems.error(QStringLiteral("videoMemoryMiB"),
                       QStringLiteral("Video memory can be at most %1 MiB, not %2")
                           .arg(MachineDefinition::MaxVideoMemoryMiB)
                           .arg(definition.videoMemoryMiB));
    }
    if (definition.monitors < 1 || definition.monitors > MachineDefinition::MaxMonitors) {
        problems.error(QStringLiteral("monitors"),
                       QStringLiteral("A machine has between 1 and %1 monitors, not %2")
                           .arg(MachineDefinition::MaxMonitors)
                           .arg(definition.monitors));
    } else if (definition.monitors > 1 && definition.video != VideoModel::Virtio) {
        problems.error(QStringLiteral("monitors"),
                       QStringLiteral("Several monitors need the graphics adapter VirtIO GPU "
                                      "(vmsvga); the others have one"));
    }
    if (definition.usb == UsbController::None && definition.pointing != PointingDevice::Ps2Mouse) {
        problems.error(QStringLiteral("pointing"),
                       QStringLiteral("A USB pointing device needs a USB controller"));
    }
    if (definition.usb == UsbController::None && definition.keyboard == KeyboardDevice::Usb) {
        problems.error(QStringLiteral("keyboard"),
                       QStringLiteral("A USB keyboard needs a USB controller"));
    }
    if (definition.isAudioInputOn && definition.audio == AudioModel::None) {
        problems.warning(QStringLiteral("audioInput"),
                         QStringLiteral("Without a sound card the guest hears nothing"));
    }
    const RecordingSettings &recording = definition.recording;
    if ((recording.width == 0) != (recording.height == 0)) {
        problems.error(QStringLiteral("recording"),
                       QStringLiteral("The film's size needs a width and a height"));
    } else if (recording.width < 0 || recording.width > RecordingSettings::MaxSide
               || recording.height < 0 || recording.height > RecordingSettings::MaxSide) {
        problems.error(QStringLiteral("recording"),
                       QStringLiteral("A film can be at most %1 × %1, not %2 × %3")
                           .arg(RecordingSettings::MaxSide)
                           .arg(recording.width)
                           .arg(recording.height));
    }
    if (recording.framesPerSecond < 1
        || recording.framesPerSecond > RecordingSettings::MaxFramesPerSecond) {
        problems.error(QStringLiteral("recording"),
                       QStringLiteral("A film has between 1 and %1 frames a second, not %2")
                           .arg(RecordingSettings::MaxFramesPerSecond)
                           .arg(recording.framesPerSecond));
    }
}

void checkUsb(const MachineDefinition &definition, ProblemList &problems)
{
    const QString field = QStringLiteral("usbFilters");
    for (const UsbFilter &filter : definition.usbFilters) {
        if (const QString problem = usbFilterProblem(filter); !problem.isEmpty())
            problems.error(field, problem);
    }
    if (!definition.usbFilters.isEmpty() && definition.usb == UsbController::None)
        problems.warning(field,
                         QStringLiteral("Without a USB controller no device can go to the guest"));
}

void checkScreen(const MachineDefinition &definition, ProblemList &problems)
{
    if (const auto problem = remoteDisplayProblem(definition.remoteDisplay))
        problems.error(problem->field,
                       QStringLiteral("%1. %2").arg(toQString(problem->error.message()),
                                                    toQString(problem->error.remedy())));
}

void checkSerialPorts(const MachineDefinition &definition, const CheckContext &context,
                      ProblemList &problems)
{
    if (definition.serialPorts.size() > MachineDefinition::MaxSerialPorts) {
        problems.error(QStringLiteral("serialPorts"),
                       QStringLiteral("A machine can have at most %1 serial ports")
                           .arg(MachineDefinition::MaxSerialPorts));
    }
    QSet<QString> paths;
    for (qsizetype i = 0; i < definition.serialPorts.size(); ++i) {
        const SerialPort &port = definition.serialPorts.at(i);
        if (!port.isEnabled || port.mode == SerialMode::Disconnected)
            continue;
        const QString field = QStringLiteral("serialPorts/%1/path").arg(i);
        const bool isFile = port.mode == SerialMode::File;
        if (port.path.trimmed().isEmpty()) {
            problems.error(field,
                           isFile ? QStringLiteral("The serial port needs a file to write to")
                                  : QStringLiteral("The serial port needs the path of a socket"));
            continue;
        }
        const QString path =
            QDir::cleanPath(QDir(context.machineFolder).absoluteFilePath(port.path));
        if (paths.contains(path)) {
            problems.error(field,
                           QStringLiteral("Two serial ports are connected to \"%1\"").arg(path));
        }
        paths.insert(path);
        if (!isFile && QFile::encodeName(path).size() > LongestSocketPath) {
            problems.error(field,
                           QStringLiteral("The path of a socket can have at most %1 bytes; choose "
                                          "a shorter one")
                               .arg(LongestSocketPath));
        }
    }
}

} // namespace

QList<DefinitionProblem> checkDefinition(const MachineDefinition &definition,
                                         const CheckContext &context)
{
    ProblemList problems;
    checkGeneral(definition, context, problems);
    checkMemory(definition, context, problems);
    checkCpus(definition, context, problems);
    checkBootOrder(definition, problems);
    checkSharedFolders(definition, problems);
    checkBoard(definition, problems);
    checkUsb(definition, problems);
    checkStorage(definition, context, problems);
    checkNetwork(definition, context, problems);
    checkScreen(definition, problems);
    checkSerialPorts(definition, context, problems);
    return problems.take();
}

QString resolvedPath(const StorageAttachment &attachment, const QString &machineFolder)
{
    if (attachment.path.isEmpty())
        return {};
    return QDir::cleanPath(QDir(machineFolder).absoluteFilePath(attachment.path));
}

} // namespace engine
