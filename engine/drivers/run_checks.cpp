// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/run_checks.h"

#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFileInfo>

namespace engine {

std::string adapterTitle(int adapter)
{
    return "Network adapter " + std::to_string(adapter + 1);
}

Error noSuchAdapter(int adapter)
{
    return makeError(ErrorKind::NotFound,
                     QString("The machine has no network adapter %1").arg(adapter + 1));
}

Result<> checkSameCard(const NetworkAdapter &present, const NetworkAdapter &wanted, int adapter)
{
    if (wanted.mode != NetworkMode::None && wanted.model == present.model
        && wanted.macAddress == present.macAddress)
        return {};
    return makeError(
        ErrorKind::Unsupported,
        QString("The card of network adapter %1 cannot be changed while the machine runs")
            .arg(adapter + 1),
        "Power the machine off first");
}

Result<MediumWish> checkMediumWish(const MachineDefinition &definition, const StorageSlot &slot,
                                   const QString &path, const QString &machineFolder)
{
    MediumWish wish;
    wish.title =
        QString("%1, port %2, device %3").arg(slot.controller).arg(slot.port).arg(slot.device);
    const StorageAttachment *attachment = findAttachment(definition, slot);
    if (!attachment)
        return makeError(
            ErrorKind::Unsupported,
            QString("There is no drive at %1, and none can be added while the machine runs")
                .arg(wish.title),
            "Power the machine off first");
    if (attachment->kind == MediumKind::HardDisk)
        return makeError(
            ErrorKind::Unsupported,
            QString("A hard disk (%1) cannot be changed while the machine runs").arg(wish.title),
            "Power the machine off first");
    wish.attachment = *attachment;
    wish.attachment.path = path;
    if (!path.isEmpty())
        wish.file = resolvedPath(wish.attachment, machineFolder);
    return wish;
}

Error mediumIsBeingChanged(const QString &driveTitle)
{
    return makeError(
        ErrorKind::Busy,
        QString("The medium in the drive (%1) is being changed already").arg(driveTitle));
}

Result<> checkMediumFile(const QString &file)
{
    if (file.isEmpty())
        return {};
    const QFileInfo info(file);
    if (!info.exists() || info.isDir())
        return makeError(ErrorKind::NotFound, QString("There is no file \"%1\"").arg(file));
    if (!info.isReadable())
        return makeError(ErrorKind::Denied,
                         QString("You do not have permission to read \"%1\"").arg(file));
    return {};
}

Error trayStaysLocked(const QString &driveTitle, std::chrono::milliseconds waited)
{
    return makeError(ErrorKind::Busy,
                     QString("The guest has locked the drive (%1) and did not let go within %2 s")
                         .arg(driveTitle)
                         .arg(waited.count() / 1000),
                     "Eject the medium inside the guest, or force the change");
}

Result<> checkPictureFormat(const QString &format)
{
    if (format == "png" || format == "ppm")
        return {};
    return makeError(ErrorKind::Unsupported,
                     QString("Screenshots are png or ppm, not \"%1\"").arg(format));
}

} // namespace engine
