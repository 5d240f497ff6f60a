// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_move.h"

#include "engine/machine/atomic_file.h"
#include "engine/machine/backing_file.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_files.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QUuid>

#include <cerrno>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

const QLatin1String PartPrefix(".vitrine-part-");
// Definitions, directories and what the file system keeps about files.
constexpr qint64 SpareBytes = 16 * 1024 * 1024;

bool isInside(const QString &path, const QString &folder)
{
    return path.startsWith(folder + QLatin1Char('/'));
}

std::optional<dev_t> deviceOf(const QString &path)
{
    struct stat facts = {};
    if (::stat(QFile::encodeName(path).constData(), &facts) != 0)
        return std::nullopt;
    return facts.st_dev;
}

bool isWritableFolder(const QString &path)
{
    return ::access(QFile::encodeName(path).constData(), W_OK | X_OK) == 0;
}

QString parentOf(const QString &folder)
{
    return QFileInfo(folder).absolutePath();
}

Error existsAlready(const QString &path)
{
    return makeError(ErrorKind::Busy, QStringLiteral("\"%1\" exists already").arg(path),
                     QStringLiteral("Choose another name or folder"));
}

// Everything in `from` that has its like in `to` goes; false when something could not.
bool removeCopied(const QString &from, const QString &to)
{
    bool isAll = true;
    const QDir::Filters all = QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot;
    for (const QFileInfo &item : QDir(from).entryInfoList(all)) {
        const QString other = to + QLatin1Char('/') + item.fileName();
        const QByteArray path = QFile::encodeName(item.absoluteFilePath());
        const QFileInfo twin(other);
        if (item.isDir() && !item.isSymLink()) {
            isAll = removeCopied(item.absoluteFilePath(), other) && isAll;
        } else if (twin.exists() || twin.isSymLink()
                   || !(item.isFile() || item.isSymLink())) { // a socket was never copied
            isAll = ::unlink(path.constData()) == 0 && isAll;
        } else {
            isAll = false;
        }
    }
    return ::rmdir(QFile::encodeName(from).constData()) == 0 && isAll;
}

// The definition first: two whole machines with one UUID must not be left.
bool removeOldFolder(const QString &from, const QString &to)
{
    for (QString path = definitionIn(from); !path.isEmpty(); path = definitionIn(from)) {
        if (::unlink(QFile::encodeName(path).constData()) != 0)
            return false;
    }
    syncFolder(from);
    return removeCopied(from, to);
}

Error tiedDisk(const QString &disk, const QString &base, const QString &why)
{
    return makeError(
        ErrorKind::Unsupported,
        QStringLiteral("The disk \"%1\" is based on \"%2\", %3").arg(disk, base, why),
        QStringLiteral("Give it the whole path of its base with \"qemu-img rebase -u\", or make a "
                       "full copy of the machine instead"));
}

} // namespace

void makePathsRelative(MachineDefinition &definition, const QString &folder)
{
    const auto relate = [&folder](QString &path) {
        if (isInside(path, folder))
            path = path.mid(folder.size() + 1);
    };
    for (StorageController &controller : definition.controllers) {
        for (StorageAttachment &attachment : controller.attachments)
            relate(attachment.path);
    }
    for (SerialPort &port : definition.serialPorts)
        relate(port.path);
}

std::optional<Error> whyFolderCannotMove(const MachineEntry &entry,
                                         const QStringList &filesOfOthers)
{
    for (const QString &path : filesOfOthers) {
        if (isInside(path, entry.folder)) {
            return makeError(ErrorKind::Busy,
                             QStringLiteral("Another machine uses \"%1\", which is in this "
                                            "machine's folder")
                                 .arg(path),
                             QStringLiteral("Detach it there first, or make a full copy instead"));
        }
    }
    if (hasSavedState(entry.folder)) {
        const Result<MachineDefinition> present = readDefinition(entry.definitionPath);
        MachineDefinition relative = present ? *present : entry.definition;
        makePathsRelative(relative, entry.folder);
        if (!present || relative != *present) {
            return makeError(ErrorKind::Busy,
                             QStringLiteral("The machine's saved state knows its disks by their "
                                            "present paths"),
                             QStringLiteral("Resume the machine and power it off, or discard its "
                                            "saved state first"));
        }
    }
    for (const QString &disk : diskFilesOf(entry)) {
        const QString name = qcow2BackingName(disk);
        if (name.isEmpty())
            continue;
        const QString base = qcow2BackingFile(disk);
        const bool isAbsolute = QDir::isAbsolutePath(name);
        const bool isDiskInside = isInside(disk, entry.folder);
        const bool isBaseInside = isInside(base, entry.folder);
        if (isAbsolute && isBaseInside)
            return tiedDisk(disk, base, QStringLiteral("by its present path"));
        if (!isAbsolute && isDiskInside != isBaseInside)
            return tiedDisk(disk, base, QStringLiteral("by a path from here"));
    }
    return std::nullopt;
}

Result<PartFolder> makePartFolder(const QString &baseFolder)
{
    if (!QDir().mkpath(baseFolder)) {
        return makeError(ErrorKind::Denied,
                         QStringLiteral("Cannot make the folder \"%1\"").arg(baseFolder),
                         QStringLiteral("Choose another folder"));
    }
    const QString path = baseFolder + QLatin1Char('/') + PartPrefix
        + QUuid::createUuid().toString(QUuid::WithoutBraces);
    if (::mkdir(QFile::encodeName(path).constData(), 0700) != 0)
        return fileError("make a folder in", baseFolder, errno);
    Result<MachineLock> lock = MachineLock::acquire(path);
    if (!lock) {
        ::rmdir(QFile::encodeName(path).constData());
        return std::move(lock).error();
    }
    return PartFolder{path, std::move(*lock)};
}

Result<MachineMove> MachineMove::prepare(MachineMoveRequest request)
{
    MachineMove move;
    move.m_oldFolder = request.entry.folder;
    move.m_request = std::move(request);
    move.m_lock = TRY(MachineLock::acquire(move.m_oldFolder));
    TRY(move.checkPlaces());
    return move;
}

Result<> MachineMove::checkPlaces()
{
    const QString target = m_request.newFolder;
    const QString base = parentOf(target);
    if (target != m_oldFolder) {
        if (isInside(target, m_oldFolder)) {
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("\"%1\" is inside the machine's own folder").arg(base),
                             QStringLiteral("Choose another folder"));
        }
        if (QFileInfo::exists(target) || QFileInfo(target).isSymLink())
            return existsAlready(target);
        if (!QDir().mkpath(base) || !isWritableFolder(base)) {
            return makeError(ErrorKind::Denied,
                             QStringLiteral("You may not write into \"%1\"").arg(base),
                             QStringLiteral("Choose another folder"));
        }
        if (!isWritableFolder(parentOf(m_oldFolder)) || !isWritableFolder(m_oldFolder)) {
            return makeError(ErrorKind::Denied,
                             QStringLiteral("You may not take the machine out of \"%1\"")
                                 .arg(parentOf(m_oldFolder)),
                             QStringLiteral("Change the permissions of that folder, or make a full "
                                            "copy instead"));
        }
        if (deviceOf(base) != deviceOf(m_oldFolder)
            || deviceOf(base) != deviceOf(parentOf(m_oldFolder))) {
            m_copyBytes = allocatedBytes(m_oldFolder);
            const qint64 available = availableBytes(base);
            if (available >= 0 && available < m_copyBytes + SpareBytes) {
                return makeError(
                    ErrorKind::NoSpace,
                    QStringLiteral("\"%1\" has %2 MB free, but the machine takes %3 MB")
                        .arg(base)
                        .arg(available / (1024 * 1024))
                        .arg(m_copyBytes / (1024 * 1024) + 1),
                    QStringLiteral("Free some space there, or choose another folder"));
            }
        }
    }
    const QString file = m_oldFolder + QLatin1Char('/') + m_request.entry.definition.name
        + QStringLiteral(".vitrine");
    if (file != m_request.entry.definitionPath && QFileInfo::exists(file))
        return existsAlready(file);
    return {};
}

Result<> MachineMove::record(bool isUnderWay)
{
    const MachineMoveRecord move{m_oldFolder, m_request.newFolder};
    const bool isListedByFolder = parentOf(move.to) == m_request.machineFolder;
    TRY(changeKnownMachines(m_request.configFolder, [&](KnownMachines &known) {
        known.moves.removeAll(move);
        if (isUnderWay) {
            known.moves.append(move);
            return;
        }
        if (m_request.entry.folder == m_oldFolder)
            return; // it did not come to it
        known.folders.removeAll(move.from);
        known.hidden.removeAll(move.from);
        known.hidden.removeAll(move.to);
        if (!isListedByFolder && !known.folders.contains(move.to))
            known.folders.append(move.to);
    }));
    return {};
}

Result<MachineEntry> MachineMove::run(const CopyMeter &meter)
{
    Result<MachineEntry> result = move(meter);
    // Whoever is told may want the machine at once.
    m_lock.reset();
    m_copyLock.reset();
    return result;
}

Result<MachineEntry> MachineMove::move(const CopyMeter &meter)
{
    MachineEntry &entry = m_request.entry;
    const bool movesFolder = m_request.newFolder != m_oldFolder;
    if (movesFolder) {
        // What is on the disk keeps its meaning wherever the folder is.
        MachineEntry present = TRY(readMachine(entry.definitionPath));
        makePathsRelative(present.definition, m_oldFolder);
        makePathsRelative(entry.definition, m_oldFolder);
        TRY(writeMachine(present));
        TRY(record(true));
        Result<> moved = copies() ? copyAcross(meter) : renameFolder(meter);
        if (!moved) {
            // The error that matters is the first one; a record of nothing does no harm.
            [[maybe_unused]] const Result<> forgotten = record(false);
            return std::move(moved).error();
        }
        entry.definitionPath =
            m_request.newFolder + QLatin1Char('/') + QFileInfo(entry.definitionPath).fileName();
        entry.folder = m_request.newFolder;
    }
    Result<> written = renameDefinition();
    if (!written && movesFolder && !copies()
        && renameExclusively(m_request.newFolder, m_oldFolder) == 0) {
        entry.folder = m_oldFolder;
        [[maybe_unused]] const Result<> forgotten = record(false);
        return std::move(written).error();
    }
    if (movesFolder) {
        Result<> listed = record(false);
        if (written && !listed)
            written = std::move(listed);
    }
    if (!written)
        return std::move(written).error();
    return entry;
}

Result<> MachineMove::renameFolder(const CopyMeter &meter)
{
    const int reason = renameExclusively(m_oldFolder, m_request.newFolder);
    if (reason == EXDEV) { // a mount point, or a file system that keeps folders apart
        m_copyBytes = allocatedBytes(m_oldFolder);
        return copyAcross(meter);
    }
    if (reason == EEXIST)
        return existsAlready(m_request.newFolder);
    if (reason != 0)
        return fileError("move", m_oldFolder, reason);
    syncFolder(parentOf(m_request.newFolder));
    syncFolder(parentOf(m_oldFolder));
    return {};
}

Result<> MachineMove::copyAcross(const CopyMeter &meter)
{
    const QString base = parentOf(m_request.newFolder);
    PartFolder part = TRY(makePartFolder(base));
    m_copyLock = std::move(part.lock);
    Result<> copied = copyFolder(m_oldFolder, part.path, {QStringLiteral(".lock")}, meter);
    if (copied) {
        syncFolder(base);
        if (const int reason = renameExclusively(part.path, m_request.newFolder); reason != 0) {
            copied = reason == EEXIST ? Result<>(existsAlready(m_request.newFolder))
                                      : Result<>(fileError("move", part.path, reason));
        }
    }
    if (!copied) {
        QDir(part.path).removeRecursively();
        return copied;
    }
    // From here on the new place is the machine.
    syncFolder(base);
    struct stat facts = {};
    if (::stat(QFile::encodeName(m_oldFolder).constData(), &facts) == 0) {
        [[maybe_unused]] const int ignored =
            ::chmod(QFile::encodeName(m_request.newFolder).constData(), facts.st_mode & 0777);
    }
    if (!removeOldFolder(m_oldFolder, m_request.newFolder))
        m_leftover = m_oldFolder;
    return {};
}

// In between, the definition has the new name in a file with the old one, which every reader
// accepts.
Result<> MachineMove::renameDefinition()
{
    MachineEntry &entry = m_request.entry;
    const QString target =
        entry.folder + QLatin1Char('/') + entry.definition.name + QStringLiteral(".vitrine");
    TRY(writeMachine(entry));
    if (target == entry.definitionPath)
        return {};
    const int reason = renameExclusively(entry.definitionPath, target);
    if (reason == EEXIST)
        return existsAlready(target);
    if (reason != 0)
        return fileError("rename", entry.definitionPath, reason);
    QFile::remove(previousVersionPath(target));
    QFile::rename(previousVersionPath(entry.definitionPath), previousVersionPath(target));
    syncFolder(entry.folder);
    entry.definitionPath = target;
    return {};
}

void finishInterruptedMoves(const QString &configFolder, const QString &machineFolder)
{
    const Result<KnownMachines> known = readKnownMachines(configFolder);
    if (!known)
        return;
    QStringList bases{machineFolder};
    for (const MachineMoveRecord &move : known->moves) {
        if (!bases.contains(parentOf(move.to)))
            bases.append(parentOf(move.to));
        if (MachineLock::isHeld(move.from) || MachineLock::isHeld(move.to))
            continue; // somebody is at it
        const bool hasArrived = !definitionIn(move.to).isEmpty();
        const QString old = definitionIn(move.from);
        const bool isOld = old.isEmpty() || isSameMachine(old, definitionIn(move.to));
        if (hasArrived && isOld && QFileInfo(move.from).isDir()) {
            const Result<MachineLock> lock = MachineLock::acquire(move.from);
            if (!lock)
                continue;
            removeOldFolder(move.from, move.to);
        }
        [[maybe_unused]] const Result<KnownMachines> changed =
            changeKnownMachines(configFolder, [&](KnownMachines &list) {
                list.moves.removeAll(move);
                if (!hasArrived)
                    return;
                if (isOld) {
                    list.folders.removeAll(move.from);
                    list.hidden.removeAll(move.from);
                }
                if (parentOf(move.to) != machineFolder && !list.folders.contains(move.to))
                    list.folders.append(move.to);
            });
    }
    const QStringList parts{PartPrefix + QStringLiteral("*")};
    for (const QString &base : std::as_const(bases)) {
        for (const QString &name : QDir(base).entryList(parts, QDir::Dirs | QDir::Hidden)) {
            const QString path = base + QLatin1Char('/') + name;
            const Result<MachineLock> lock = MachineLock::acquire(path);
            if (lock)
                QDir(path).removeRecursively();
        }
    }
}

} // namespace engine
