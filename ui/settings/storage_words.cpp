// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/storage_words.h"

#include "engine/machine/controller_limits.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QLocale>

#include <algorithm>

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ui::StorageWords)
};

} // namespace

QString controllerTitle(engine::ControllerKind kind)
{
    switch (kind) {
    case engine::ControllerKind::Ide:
        return Words::tr("IDE (PIIX)");
    case engine::ControllerKind::Sata:
        return Words::tr("SATA (AHCI)");
    case engine::ControllerKind::Virtio:
        return Words::tr("VirtIO");
    case engine::ControllerKind::VirtioScsi:
        return Words::tr("VirtIO SCSI");
    case engine::ControllerKind::Nvme:
        return Words::tr("NVMe");
    case engine::ControllerKind::Usb:
        return Words::tr("USB");
    case engine::ControllerKind::Floppy:
        return Words::tr("Floppy (I82078)");
    }
    return {};
}

QString slotTitle(engine::ControllerKind kind, int port, int device)
{
    if (kind == engine::ControllerKind::Ide) {
        if (port == 0)
            return device == 0 ? Words::tr("Primary master") : Words::tr("Primary slave");
        return device == 0 ? Words::tr("Secondary master") : Words::tr("Secondary slave");
    }
    if (kind == engine::ControllerKind::Floppy)
        return Words::tr("Device %1").arg(device);
    return Words::tr("Port %1").arg(port);
}

QString mediumIconName(engine::MediumKind kind)
{
    switch (kind) {
    case engine::MediumKind::HardDisk:
        return QStringLiteral("drive-harddisk");
    case engine::MediumKind::Optical:
        return QStringLiteral("media-optical");
    case engine::MediumKind::Floppy:
        return QStringLiteral("media-floppy");
    }
    return {};
}

QString byteText(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeTraditionalFormat);
}

int usualPortCount(engine::ControllerKind kind)
{
    switch (kind) {
    case engine::ControllerKind::Ide:
        return 2;
    case engine::ControllerKind::Sata:
        return 6; // what the ICH9's AHCI has
    case engine::ControllerKind::Virtio:
    case engine::ControllerKind::VirtioScsi:
    case engine::ControllerKind::Usb:
        return 8;
    case engine::ControllerKind::Nvme:
    case engine::ControllerKind::Floppy:
        return 1;
    }
    return 1;
}

std::optional<engine::StorageSlot> freeSlot(const engine::StorageController &controller)
{
    const engine::ControllerLimits limits = engine::controllerLimits(controller.kind);
    for (int port = 0; port < limits.ports; ++port) {
        for (int device = 0; device < limits.devicesPerPort; ++device) {
            const bool isTaken =
                std::any_of(controller.attachments.begin(), controller.attachments.end(),
                            [port, device](const engine::StorageAttachment &one) {
                                return one.port == port && one.device == device;
                            });
            if (!isTaken)
                return engine::StorageSlot{controller.name, port, device};
        }
    }
    return {};
}

QString freeControllerName(const QList<engine::StorageController> &controllers,
                           engine::ControllerKind kind)
{
    const QString base = QLatin1String(
        kind == engine::ControllerKind::Floppy ? "Floppy" : engine::controllerLimits(kind).title);
    const auto isTaken = [&controllers](const QString &name) {
        return std::any_of(
            controllers.begin(), controllers.end(),
            [&name](const engine::StorageController &one) { return one.name == name; });
    };
    QString name = base;
    for (int number = 2; isTaken(name); ++number)
        name = QStringLiteral("%1 %2").arg(base).arg(number);
    return name;
}

bool takes(engine::ControllerKind controller, engine::MediumKind medium)
{
    const engine::ControllerLimits limits = engine::controllerLimits(controller);
    switch (medium) {
    case engine::MediumKind::HardDisk:
        return limits.takesDisks;
    case engine::MediumKind::Optical:
        return limits.takesOptical;
    case engine::MediumKind::Floppy:
        return controller == engine::ControllerKind::Floppy;
    }
    return false;
}

QString portablePath(const QString &path, const QString &machineFolder)
{
    const QString clean = QDir::cleanPath(QDir::fromNativeSeparators(path.trimmed()));
    if (path.trimmed().isEmpty())
        return {};
    return clean.startsWith(machineFolder + u'/') ? clean.mid(machineFolder.size() + 1) : clean;
}

} // namespace ui
