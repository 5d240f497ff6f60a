// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/check_parts.h"
#include "engine/machine/controller_limits.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

namespace engine {

namespace {

class StorageChecker final
{
public:
    StorageChecker(const MachineDefinition &definition, const CheckContext &context,
                   ProblemList &problems)
        : m_definition(definition)
        , m_context(context)
        , m_problems(problems)
    {
        for (const OtherMachine &other : context.others) {
            for (const StorageController &controller : other.definition.controllers) {
                for (const StorageAttachment &attachment : controller.attachments) {
                    if (attachment.kind == MediumKind::HardDisk && !attachment.path.isEmpty())
                        m_disksOfOthers.insert(resolvedPath(attachment, other.folder),
                                               other.definition.name);
                }
            }
        }
    }

    void run();

private:
    void checkController(const StorageController &controller, const QString &field);
    void checkAttachment(const StorageController &controller, const StorageAttachment &attachment,
                         const QString &field);
    void checkDisk(const StorageAttachment &attachment, const QString &path, const QString &field);

    const MachineDefinition &m_definition;
    const CheckContext &m_context;
    ProblemList &m_problems;
    QHash<QString, QString> m_disksOfOthers; // path to machine
    QSet<QString> m_diskPaths;
};

void StorageChecker::run()
{
    QSet<QString> names;
    QHash<ControllerKind, int> counts;
    for (const StorageController &controller : m_definition.controllers) {
        const QString field = QStringLiteral("controllers/") + controller.name;
        const ControllerLimits limits = controllerLimits(controller.kind);
        if (controller.name.trimmed().isEmpty())
            m_problems.error(field, QStringLiteral("A storage controller needs a name"));
        else if (names.contains(controller.name)) {
            m_problems.error(
                field,
                QStringLiteral("Two storage controllers are named \"%1\"").arg(controller.name));
        }
        names.insert(controller.name);
        if (++counts[controller.kind] == 2 && limits.isOnBoard) {
            m_problems.error(field,
                             QStringLiteral("A machine can have only one %1 controller")
                                 .arg(QLatin1String(limits.title)));
        }
        if (controller.kind == ControllerKind::Usb && m_definition.usb == UsbController::None) {
            m_problems.error(field,
                             QStringLiteral("The USB disk controller \"%1\" needs the machine's "
                                            "USB to be switched on")
                                 .arg(controller.name));
        }
        checkController(controller, field);
    }
}

void StorageChecker::checkController(const StorageController &controller, const QString &field)
{
    const ControllerLimits limits = controllerLimits(controller.kind);
    if (controller.portCount < 1 || controller.portCount > limits.ports) {
        m_problems.error(field,
                         QStringLiteral("The %1 controller can have from 1 to %2 ports, not %3")
                             .arg(QLatin1String(limits.title))
                             .arg(limits.ports)
                             .arg(controller.portCount));
    }
    QSet<QPair<int, int>> places;
    for (const StorageAttachment &attachment : controller.attachments) {
        const QString place =
            QStringLiteral("%1/%2/%3").arg(field).arg(attachment.port).arg(attachment.device);
        if (attachment.port < 0 || attachment.port >= controller.portCount) {
            m_problems.error(place,
                             QStringLiteral("\"%1\" has %2 ports, so there is no port %3")
                                 .arg(controller.name)
                                 .arg(controller.portCount)
                                 .arg(attachment.port));
        }
        if (attachment.device < 0 || attachment.device >= limits.devicesPerPort) {
            m_problems.error(place,
                             QStringLiteral("A port of \"%1\" has no device %2")
                                 .arg(controller.name)
                                 .arg(attachment.device));
        }
        if (places.contains({attachment.port, attachment.device})) {
            m_problems.error(place,
                             QStringLiteral("Port %1, device %2 of \"%3\" is used twice")
                                 .arg(attachment.port)
                                 .arg(attachment.device)
                                 .arg(controller.name));
        }
        places.insert({attachment.port, attachment.device});
        checkAttachment(controller, attachment, place);
    }
}

void StorageChecker::checkAttachment(const StorageController &controller,
                                     const StorageAttachment &attachment, const QString &field)
{
    const ControllerLimits limits = controllerLimits(controller.kind);
    const QString title = QLatin1String(limits.title);
    const bool isFloppyDrive = attachment.kind == MediumKind::Floppy;
    if (isFloppyDrive != (controller.kind == ControllerKind::Floppy)) {
        m_problems.error(
            field, QStringLiteral("Floppy drives, and only those, belong on a floppy controller"));
    } else if (attachment.kind == MediumKind::Optical && !limits.takesOptical) {
        m_problems.error(field,
                         QStringLiteral("A %1 controller takes no optical drives").arg(title));
    } else if (attachment.kind == MediumKind::HardDisk && !limits.takesDisks) {
        m_problems.error(field, QStringLiteral("A %1 controller takes no hard disks").arg(title));
    }

    const QString path = resolvedPath(attachment, m_context.machineFolder);
    if (path.isEmpty()) {
        if (attachment.kind == MediumKind::HardDisk)
            m_problems.error(field, QStringLiteral("A hard disk needs a file"));
        return;
    }
    if (attachment.kind == MediumKind::HardDisk)
        checkDisk(attachment, path, field);
    if (!m_context.fileExists || m_context.fileExists(path))
        return;
    if (attachment.kind == MediumKind::HardDisk) {
        m_problems.error(field, QStringLiteral("The disk file \"%1\" is missing").arg(path));
    } else {
        m_problems.warning(
            field,
            QStringLiteral("The image \"%1\" is missing; the drive will be empty").arg(path));
    }
}

void StorageChecker::checkDisk(const StorageAttachment &attachment, const QString &path,
                               const QString &field)
{
    if (m_diskPaths.contains(path))
        m_problems.error(field, QStringLiteral("The disk \"%1\" is attached twice").arg(path));
    m_diskPaths.insert(path);
    const QString other = m_disksOfOthers.value(path);
    if (!other.isEmpty() && !attachment.isReadOnly) {
        m_problems.warning(field,
                           QStringLiteral("The machine \"%1\" uses this disk, too: both must never "
                                          "run at the same time")
                               .arg(other));
    }
}

} // namespace

void checkStorage(const MachineDefinition &definition, const CheckContext &context,
                  ProblemList &problems)
{
    StorageChecker(definition, context, problems).run();
}

} // namespace engine
