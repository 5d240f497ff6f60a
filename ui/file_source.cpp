// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/file_source.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <cerrno>
#include <cstring>

namespace ui {

namespace {

engine::Error failed(const QString &text, int code)
{
    return engine::makeError(code == EACCES || code == EPERM ? engine::ErrorKind::Denied
                                                             : engine::ErrorKind::Io,
                             text.arg(QString::fromLocal8Bit(std::strerror(code))));
}

int modeOf(const QFileInfo &info)
{
    const QFile::Permissions rights = info.permissions();
    int mode = 0;
    constexpr std::pair<QFile::Permission, int> Bits[] = {
        {QFile::ReadOwner, 0400}, {QFile::WriteOwner, 0200}, {QFile::ExeOwner, 0100},
        {QFile::ReadGroup, 040},  {QFile::WriteGroup, 020},  {QFile::ExeGroup, 010},
        {QFile::ReadOther, 04},   {QFile::WriteOther, 02},   {QFile::ExeOther, 01}};
    for (const auto &[right, bit] : Bits)
        if (rights.testFlag(right))
            mode |= bit;
    return mode;
}

} // namespace

void HostFileSource::list(const QString &folder, ListReply reply)
{
    const QFileInfo place(folder);
    if (!place.isDir() || !place.isReadable() || !place.isExecutable()) {
        reply(engine::makeError(
            place.exists() ? engine::ErrorKind::Denied : engine::ErrorKind::NotFound,
            !place.exists()     ? tr("The folder \"%1\" does not exist").arg(folder)
                : place.isDir() ? tr("The folder \"%1\" may not be read by you").arg(folder)
                                : tr("\"%1\" is no folder").arg(folder)));
        return;
    }
    QList<Entry> entries;
    const QFileInfoList infos = QDir(folder).entryInfoList(
        QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::NoSort);
    for (const QFileInfo &info : infos) {
        Entry entry;
        entry.name = info.fileName();
        entry.kind = info.isSymLink() ? Entry::Kind::Link
            : info.isDir()            ? Entry::Kind::Folder
            : info.isFile()           ? Entry::Kind::File
                                      : Entry::Kind::Other;
        entry.leadsToFolder = info.isSymLink() && info.isDir();
        entry.sizeBytes = info.size();
        entry.modified = info.lastModified();
        entry.mode = modeOf(info);
        entry.owner = info.owner();
        entry.group = info.group();
        entries.append(std::move(entry));
    }
    reply(std::move(entries));
}

void HostFileSource::makeFolder(const QString &path, Reply reply)
{
    if (QDir().mkdir(path))
        reply({});
    else
        reply(failed(tr("The folder was not made: %1"), QFileInfo::exists(path) ? EEXIST : errno));
}

void HostFileSource::rename(const QString &from, const QString &to, Reply reply)
{
    QFile file(from);
    if (QFileInfo::exists(to))
        reply(failed(tr("It was not renamed: %1"), EEXIST));
    else if (file.rename(to))
        reply({});
    else
        reply(engine::makeError(engine::ErrorKind::Io,
                                tr("It was not renamed: %1").arg(file.errorString())));
}

void HostFileSource::remove(const QString &path, Reply reply)
{
    QFile file(path);
    if (file.moveToTrash())
        reply({});
    else
        reply(engine::makeError(
            engine::ErrorKind::Io,
            tr("\"%1\" was not moved to the trash: %2").arg(path, file.errorString())));
}

void HostFileSource::askHome(PathReply reply)
{
    reply(QDir::homePath());
}

QString HostFileSource::removalText() const
{
    return tr("It goes to the trash of this computer.");
}

GuestFileSource::GuestFileSource(engine::GuestLink &link, QObject *parent)
    : FileSource(parent)
    , m_files(link)
{ }

void GuestFileSource::list(const QString &folder, ListReply reply)
{
    m_files.list(folder, std::move(reply));
}

void GuestFileSource::makeFolder(const QString &path, Reply reply)
{
    m_files.makeFolder(path, engine::GuestFiles::Parents::No, -1, std::move(reply));
}

void GuestFileSource::rename(const QString &from, const QString &to, Reply reply)
{
    m_files.move({from}, to, std::move(reply));
}

void GuestFileSource::remove(const QString &path, Reply reply)
{
    m_files.remove(path, engine::GuestFiles::Depth::All, std::move(reply));
}

void GuestFileSource::askHome(PathReply reply)
{
    m_files.askHome(std::move(reply));
}

QString GuestFileSource::removalText() const
{
    return tr("It is deleted in the guest for good, folders with all that is in them.");
}

} // namespace ui
