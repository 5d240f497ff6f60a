// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/medium_list.h"

#include "engine/machine/machine_check.h"
#include "engine/machine/user_paths.h"
#include "engine/media/disk_image.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLockFile>
#include <QtCore/QSaveFile>

namespace app {

using namespace engine;

namespace {

QString listFile()
{
    return paths::configFolder() + QStringLiteral("/media.json");
}

QStringList readAll()
{
    QStringList media;
    QFile file(listFile());
    if (!file.open(QIODevice::ReadOnly))
        return media;
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    const QJsonArray stored = json.value(QStringLiteral("media")).toArray();
    for (const QJsonValue &path : stored)
        media.append(path.toString());
    return media;
}

Result<> change(const std::function<bool(QStringList &)> &edit)
{
    if (!QDir().mkpath(paths::configFolder()))
        return makeError(
            ErrorKind::Io,
            QStringLiteral("Cannot make the folder \"%1\"").arg(paths::configFolder()));
    QLockFile lock(listFile() + QStringLiteral(".lock"));
    if (!lock.tryLock(3000))
        return makeError(ErrorKind::Busy,
                         QStringLiteral("The list of media is in use by another "
                                        "program"));
    QStringList media = readAll();
    media.removeIf([](const QString &path) { return !QFileInfo::exists(path); });
    if (!edit(media))
        return {};
    QSaveFile file(listFile());
    const QJsonObject json{{QStringLiteral("media"), QJsonArray::fromStringList(media)}};
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(json).toJson()) < 0
        || !file.commit())
        return makeError(
            ErrorKind::Io,
            QStringLiteral("Cannot write \"%1\": %2").arg(listFile(), file.errorString()));
    return {};
}

} // namespace

QStringList MediumList::read()
{
    QStringList media = readAll();
    media.removeIf([](const QString &path) { return !QFileInfo::exists(path); });
    return media;
}

Result<> MediumList::add(const QString &path)
{
    return change([&](QStringList &media) {
        if (media.contains(path))
            return false;
        media.append(path);
        return true;
    });
}

Result<> MediumList::remove(const QString &path)
{
    return change([&](QStringList &media) { return media.removeAll(path) > 0; });
}

MediumKind mediumKindOf(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == QLatin1String("iso") || suffix == QLatin1String("cdr")
        || suffix == QLatin1String("dmg"))
        return MediumKind::Optical;
    if (suffix == QLatin1String("vfd") || suffix == QLatin1String("flp")
        || suffix == QLatin1String("ima"))
        return MediumKind::Floppy;
    return MediumKind::HardDisk;
}

QStringList knownMedia(Session &session, MediumKind kind)
{
    QStringList media = session.store().usedMedia(kind);
    const QStringList listed = MediumList::read();
    for (const QString &path : listed) {
        if (mediumKindOf(path) == kind && !media.contains(path))
            media.append(path);
    }
    return media;
}

Result<QString> findMedium(Session &session, const QString &pathOrUuid)
{
    const QUuid uuid = QUuid::fromString(pathOrUuid);
    if (!uuid.isNull()) {
        for (const MediumKind kind :
             {MediumKind::HardDisk, MediumKind::Optical, MediumKind::Floppy}) {
            const QStringList media = knownMedia(session, kind);
            for (const QString &path : media) {
                if (mediumUuid(path) == uuid)
                    return path;
            }
        }
        return makeError(
            ErrorKind::NotFound,
            QStringLiteral("There is no known medium with the UUID %1").arg(pathOrUuid),
            QStringLiteral("Give the image's path instead"));
    }
    const QFileInfo file(pathOrUuid);
    if (!file.exists())
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("There is no file \"%1\"").arg(file.absoluteFilePath()));
    if (file.isDir())
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is a folder, not an image").arg(pathOrUuid));
    return QDir::cleanPath(file.absoluteFilePath());
}

QList<MachineEntry> machinesUsing(Session &session, const QString &path)
{
    QList<MachineEntry> users;
    const QList<MachineEntry> machines = session.store().machines();
    for (const MachineEntry &entry : machines) {
        bool isUser = false;
        for (const StorageController &controller : entry.definition.controllers) {
            for (const StorageAttachment &attachment : controller.attachments)
                isUser = isUser || resolvedPath(attachment, entry.folder) == path;
        }
        if (isUser)
            users.append(entry);
    }
    return users;
}

} // namespace app
