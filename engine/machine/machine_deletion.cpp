// SPDX-License-Identifier: GPL-3.0-or-later
// Removes what belongs to one machine and nothing else. The definition goes last, so that after an
// interruption the machine is still there to be deleted again.
#include "engine/machine/autostart.h"
#include "engine/machine/backing_file.h"
#include "engine/machine/known_machines.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_files.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr int MaxChain = 64;

Result<> removeFile(const QString &path)
{
    if (::unlink(QFile::encodeName(path).constData()) == 0 || errno == ENOENT || errno == ENOTDIR)
        return {};
    const ErrorKind kind =
        errno == EACCES || errno == EPERM || errno == EROFS ? ErrorKind::Denied : ErrorKind::Io;
    return makeError(kind,
                     QStringLiteral("Cannot delete \"%1\": %2")
                         .arg(path, QString::fromLocal8Bit(std::strerror(errno))));
}

bool isRegularFile(const QString &path)
{
    struct stat facts = {};
    return ::lstat(QFile::encodeName(path).constData(), &facts) == 0 && S_ISREG(facts.st_mode);
}

bool isRealFolder(const QString &path)
{
    struct stat facts = {};
    return ::lstat(QFile::encodeName(path).constData(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

// One file can have two names, by links or by a folder that is reached two ways.
bool isSameFile(const QString &left, const QString &right)
{
    struct stat a = {};
    struct stat b = {};
    if (::stat(QFile::encodeName(left).constData(), &a) != 0
        || ::stat(QFile::encodeName(right).constData(), &b) != 0)
        return left == right;
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool isUsedByOthers(const QString &path, const QStringList &filesOfOthers)
{
    return std::any_of(filesOfOthers.begin(), filesOfOthers.end(),
                       [&path](const QString &other) { return isSameFile(path, other); });
}

Result<> removeMatching(const QString &folder, const QStringList &patterns)
{
    if (!isRealFolder(folder))
        return {};
    const QStringList names =
        QDir(folder).entryList(patterns, QDir::Files | QDir::System | QDir::Hidden);
    for (const QString &name : names)
        TRY(removeFile(folder + QLatin1Char('/') + name));
    return {};
}

void removeFolderIfEmpty(const QString &folder)
{
    // Fails on a folder with something in it, which is the point.
    ::rmdir(QFile::encodeName(folder).constData());
}

Result<> removeSnapshots(const QString &folder, const QStringList &filesOfOthers)
{
    if (!isRealFolder(folder))
        return {};
    const QString inside = QFileInfo(folder).canonicalFilePath() + QLatin1Char('/');
    for (const QString &other : filesOfOthers) {
        if (QFileInfo(other).canonicalFilePath().startsWith(inside))
            return {};
    }
    // Does not follow links.
    if (!QDir(folder).removeRecursively()) {
        return makeError(ErrorKind::Io, QStringLiteral("Cannot delete all of \"%1\"").arg(folder));
    }
    return {};
}

Result<> deleteMachineFiles(const MachineEntry &entry, const QStringList &filesOfOthers)
{
    for (const StorageController &controller : entry.definition.controllers) {
        for (const StorageAttachment &attachment : controller.attachments) {
            // A disk that is attached for reading only was not made for this machine, and a block
            // device is not a file.
            const QString path = resolvedPath(attachment, entry.folder);
            if (attachment.kind == MediumKind::HardDisk && !attachment.isReadOnly
                && isRegularFile(path) && !isUsedByOthers(path, filesOfOthers))
                TRY(removeFile(path));
        }
    }
    TRY(removeSavedState(entry.folder));
    removeSavedStateLeftovers(entry.folder);
    QDir(entry.folder + QStringLiteral("/disposable")).removeRecursively();
    TRY(removeSnapshots(entry.folder + QStringLiteral("/snapshots"), filesOfOthers));
    TRY(removeMatching(entry.folder + QStringLiteral("/Logs"),
                       {QStringLiteral("*.log"), QStringLiteral("*.log.*")}));
    for (const char *folder : {"/tpm", "/tpm.new"}) {
        const QString tpm = entry.folder + QLatin1String(folder);
        TRY(removeMatching(tpm, {QStringLiteral("tpm*-00.*"), QStringLiteral(".lock")}));
        removeFolderIfEmpty(tpm);
    }
    const QString definition = QFileInfo(entry.definitionPath).fileName();
    TRY(removeMatching(entry.folder,
                       {QStringLiteral("nvram"), QStringLiteral("nvram.*"),
                        QStringLiteral("state.json"), QStringLiteral("state.json.??????")}));
    // Also what a killed process left while writing.
    TRY(removeFile(previousVersionPath(entry.definitionPath)));
    TRY(removeFile(previousVersionPath(entry.definitionPath) + QStringLiteral(".new")));
    for (const QString &name : QDir(entry.folder).entryList(QDir::Files)) {
        if (name.startsWith(definition + QLatin1Char('.')) && name.size() == definition.size() + 7)
            TRY(removeFile(entry.folder + QLatin1Char('/') + name));
    }
    TRY(removeFile(entry.definitionPath));
    TRY(removeFile(entry.folder + QStringLiteral("/.lock")));
    for (const char *name : {"disks", "Logs"})
        removeFolderIfEmpty(entry.folder + QLatin1Char('/') + QLatin1String(name));
    removeFolderIfEmpty(entry.folder);
    return {};
}

} // namespace

QStringList diskFilesOf(const MachineEntry &entry)
{
    QStringList files;
    for (const StorageController &controller : entry.definition.controllers) {
        for (const StorageAttachment &attachment : controller.attachments) {
            if (attachment.kind != MediumKind::HardDisk)
                continue;
            QString path = resolvedPath(attachment, entry.folder);
            for (int i = 0; i < MaxChain && !path.isEmpty() && !files.contains(path); ++i) {
                files.append(path);
                path = qcow2BackingFile(path);
            }
        }
    }
    return files;
}

namespace {

std::string deletionOf(const MachineEntry &entry)
{
    return QStringLiteral("Cannot delete the machine '%1'").arg(entry.displayName()).toStdString();
}

} // namespace

Result<MachineDeletion> MachineDeletion::prepare(const MachineEntry &entry,
                                                 QStringList filesOfOthers, QString configFolder)
{
    MachineDeletion deletion;
    deletion.m_entry = entry;
    deletion.m_filesOfOthers = std::move(filesOfOthers);
    deletion.m_configFolder = std::move(configFolder);
    Result<MachineLock> lock = MachineLock::acquire(entry.folder);
    if (lock)
        deletion.m_lock = std::move(*lock);
    else if (lock.error().kind() != ErrorKind::NotFound)
        return std::move(lock).error().context(deletionOf(entry));
    return deletion;
}

Result<> MachineDeletion::run()
{
    if (m_lock) {
        if (Result<> deleted = deleteMachineFiles(m_entry, m_filesOfOthers); !deleted)
            return std::move(deleted).error().context(deletionOf(m_entry));
        m_lock.reset();
    }
    if (m_entry.isAccessible() && !m_entry.definition.uuid.isNull())
        TRY(removeAutostart(m_entry.definition.uuid, autostartUnitFolder(m_configFolder)));
    TRY(changeKnownMachines(m_configFolder, [this](KnownMachines &known) {
        known.folders.removeAll(m_entry.folder);
        known.hidden.removeAll(m_entry.folder);
    }));
    return {};
}

} // namespace engine
