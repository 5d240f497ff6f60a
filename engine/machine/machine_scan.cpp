// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_scan.h"

#include "engine/machine/machine_files.h"
#include "engine/machine/machine_outlines.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include <dirent.h>
#include <sys/stat.h>

namespace engine {

namespace {

// What may be a folder: the kind is asked for by looking for a definition inside.
QStringList visibleNames(const QString &folder)
{
    QStringList names;
    DIR *const directory = ::opendir(QFile::encodeName(folder).constData());
    if (!directory)
        return names;
    while (const dirent *const item = ::readdir(directory)) {
        if (item->d_name[0] != '.' && item->d_type != DT_REG)
            names.append(QFile::decodeName(item->d_name));
    }
    ::closedir(directory);
    return names;
}

std::optional<struct stat> statOf(const QString &path)
{
    struct stat facts = {};
    if (::stat(QFile::encodeName(path).constData(), &facts) != 0)
        return std::nullopt;
    return facts;
}

bool isBefore(const MachineEntry &left, const MachineEntry &right)
{
    const int order = left.displayName().compare(right.displayName(), Qt::CaseInsensitive);
    return order != 0 ? order < 0 : left.folder < right.folder;
}

} // namespace

void MachineScan::run(const QString &machineFolder, const KnownMachines &known)
{
    m_entries.clear();
    m_seen.clear();
    m_seen.reserve(m_cache.size());
    QSet<QString> folders;
    const QSet<QString> hidden(known.hidden.begin(), known.hidden.end());
    QStringList arrived;
    for (const MachineMoveRecord &move : known.moves) {
        // Until the new place is whole, the old one is the machine.
        const QString now = definitionIn(move.to);
        if (now.isEmpty())
            continue;
        arrived.append(move.to);
        const QString before = definitionIn(move.from);
        if (before.isEmpty() || isSameMachine(before, now))
            folders.insert(move.from);
    }
    for (const QString &name : visibleNames(machineFolder)) {
        const QString folder = machineFolder + QLatin1Char('/') + name;
        if (hidden.contains(folder) || folders.contains(folder))
            continue;
        folders.insert(folder);
        add(folder, false);
    }
    for (const QString &path : known.folders + arrived) {
        const QString folder = QDir::cleanPath(path);
        if (folders.contains(folder))
            continue;
        folders.insert(folder);
        add(folder, true);
    }
    m_cache.swap(m_seen);
    std::sort(m_entries.begin(), m_entries.end(), isBefore);
    refuseTwins();
}

void MachineScan::insert(const MachineEntry &entry)
{
    m_entries.insert(std::upper_bound(m_entries.begin(), m_entries.end(), entry, isBefore), entry);
}

void MachineScan::add(const QString &folder, bool isKnown)
{
    QString path =
        folder + folder.sliced(folder.lastIndexOf(QLatin1Char('/'))) + QStringLiteral(".vitrine");
    std::optional<struct stat> facts = statOf(path);
    if (!facts) {
        path = definitionIn(folder);
        facts = statOf(path);
    }
    if (path.isEmpty() && !isKnown)
        return;
    Stamp stamp;
    if (facts) {
        stamp = {quint64(facts->st_dev), quint64(facts->st_ino), qint64(facts->st_size),
                 qint64(facts->st_mtim.tv_sec), qint64(facts->st_mtim.tv_nsec)};
        const auto old = m_cache.constFind(path);
        // A file of mode 000 that becomes readable keeps its stamp: errors are not kept.
        if (old != m_cache.constEnd() && old->stamp == stamp && old->entry.isAccessible()) {
            m_seen.insert(path, *old);
            m_entries.append(old->entry);
            return;
        }
    }
    MachineEntry entry{.folder = folder, .definitionPath = path};
    if (facts && m_outlines) {
        if (const auto outline = m_outlines->find(path, stamp)) {
            entry.definition.uuid = outline->uuid;
            entry.definition.name = outline->name;
            m_entries.append(std::move(entry));
            return;
        }
    }
    if (path.isEmpty()) {
        if (Result<MachineEntry> found = readMachine(folder); found)
            entry = std::move(*found); // it came this moment
        else
            entry.error = std::move(found).error();
    } else if (Result<MachineDefinition> definition = readDefinition(path); definition) {
        if (m_outlines) {
            entry.definition.uuid = definition->uuid;
            entry.definition.name = definition->name;
            m_outlines->insert(path, stamp, {definition->uuid, definition->name});
        } else {
            entry.definition = std::move(*definition);
            m_seen.insert(path, {stamp, entry});
        }
    } else {
        entry.error = std::move(definition).error();
    }
    m_entries.append(std::move(entry));
}

// Two machines with one UUID would share their run folder: the second was copied by hand.
void MachineScan::refuseTwins()
{
    QHash<QUuid, const MachineEntry *> first;
    for (const MachineEntry &entry : std::as_const(m_entries)) {
        if (!entry.isAccessible() || entry.definition.uuid.isNull())
            continue;
        const auto known = first.constFind(entry.definition.uuid);
        if (known == first.constEnd() || entry.folder < (*known)->folder)
            first.insert(entry.definition.uuid, &entry);
    }
    for (MachineEntry &entry : m_entries) {
        const auto known = first.constFind(entry.definition.uuid);
        if (!entry.isAccessible() || known == first.constEnd() || *known == &entry)
            continue;
        entry.error = makeError(
            ErrorKind::Invalid,
            QStringLiteral("The machine in \"%1\" has the same UUID as the one in \"%2\"")
                .arg(entry.folder, (*known)->folder),
            QStringLiteral("Remove one of the copies, or give it another \"uuid\" in \"%1\"")
                .arg(entry.definitionPath));
    }
}

Result<> makeMachineFolder(const QString &folder)
{
    const QString base = QFileInfo(folder).absolutePath();
    if (!QDir().mkpath(base)) {
        return makeError(ErrorKind::Denied,
                         QStringLiteral("Cannot make the folder \"%1\"").arg(base),
                         QStringLiteral("Choose another folder for machines"));
    }
    errno = 0;
    if (::mkdir(QFile::encodeName(folder).constData(), 0777) != 0) {
        if (errno != EEXIST) {
            const ErrorKind kind = errno == EACCES || errno == EPERM || errno == EROFS
                ? ErrorKind::Denied
                : (errno == ENOSPC || errno == EDQUOT ? ErrorKind::NoSpace : ErrorKind::Io);
            return makeError(kind,
                             QStringLiteral("Cannot make the folder \"%1\": %2")
                                 .arg(folder, QString::fromLocal8Bit(std::strerror(errno))),
                             QStringLiteral("Choose another folder for machines"));
        }
        if (!QFileInfo(folder).isDir()
            || !QDir(folder).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::System
                                     | QDir::NoDotAndDotDot)) {
            return makeError(ErrorKind::Busy, QStringLiteral("\"%1\" exists already").arg(folder),
                             QStringLiteral("Choose another name, or add the existing machine to "
                                            "the list"));
        }
    }
    for (const char *name : {"disks", "Logs"}) {
        const QString part = folder + QLatin1Char('/') + QLatin1String(name);
        if (!QDir().mkdir(part)) {
            QDir().rmdir(folder + QStringLiteral("/disks"));
            QDir().rmdir(folder);
            return makeError(ErrorKind::Io,
                             QStringLiteral("Cannot make the folder \"%1\"").arg(part));
        }
    }
    return {};
}

Result<> renameNewFolder(const QString &from, const QString &to)
{
    // rename(2) replaces an empty folder and refuses every other one.
    if (std::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) == 0)
        return {};
    if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR)
        return makeError(ErrorKind::Busy, QStringLiteral("\"%1\" exists already").arg(to),
                         QStringLiteral("Choose another name, or add the existing machine to the "
                                        "list"));
    return makeError(ErrorKind::Io,
                     QStringLiteral("Cannot make the folder \"%1\": %2")
                         .arg(to, QString::fromLocal8Bit(std::strerror(errno))),
                     QStringLiteral("Choose another folder for machines"));
}

void removeNewMachineFolder(const MachineEntry &entry)
{
    QFile::remove(entry.definitionPath);
    for (const char *name : {"/disks", "/Logs", ""})
        QDir().rmdir(entry.folder + QLatin1String(name));
}

} // namespace engine
