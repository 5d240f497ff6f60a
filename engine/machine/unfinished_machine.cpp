// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/unfinished_machine.h"

#include "engine/machine/atomic_file.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

namespace engine {

namespace {

// Hidden, so that no list of machines shows it.
const QLatin1String Prefix(".vitrine-new-");
constexpr qint64 YoungSeconds = 60;

QString journalFolder(const QString &configFolder)
{
    return configFolder + QStringLiteral("/unfinished");
}

QString journalFile(const QString &journal)
{
    return journal + QStringLiteral("/journal.json");
}

// Nothing but a folder that has the name of ours is ever removed.
void removeWorkingFolder(const QString &folder)
{
    struct stat facts = {};
    if (QFileInfo(folder).fileName().startsWith(Prefix)
        && ::lstat(QFile::encodeName(folder).constData(), &facts) == 0 && S_ISDIR(facts.st_mode))
        QDir(folder).removeRecursively();
}

void removeJournal(const QString &journal)
{
    QFile::remove(journalFile(journal));
    QFile::remove(journal + QStringLiteral("/.lock"));
    QDir().rmdir(journal);
}

Error folderError(const QString &folder)
{
    const int reason = errno;
    const ErrorKind kind = reason == EACCES || reason == EPERM || reason == EROFS
        ? ErrorKind::Denied
        : (reason == ENOSPC || reason == EDQUOT ? ErrorKind::NoSpace : ErrorKind::Io);
    return makeError(kind,
                     QStringLiteral("Cannot make a folder in \"%1\": %2")
                         .arg(folder, QString::fromLocal8Bit(std::strerror(reason))),
                     QStringLiteral("Choose another folder"));
}

Result<> makeFolder(const QString &folder)
{
    if (::mkdir(QFile::encodeName(folder).constData(), 0777) != 0)
        return folderError(QFileInfo(folder).path());
    return {};
}

} // namespace

UnfinishedMachine::UnfinishedMachine(QString journal, MachineLock lock, QString finalFolder)
    : m_journal(std::move(journal))
    , m_lock(std::move(lock))
    , m_finalFolder(std::move(finalFolder))
{ }

UnfinishedMachine::UnfinishedMachine(UnfinishedMachine &&other) noexcept
    : m_journal(std::exchange(other.m_journal, {}))
    , m_lock(std::move(other.m_lock))
    , m_finalFolder(std::move(other.m_finalFolder))
    , m_folder(std::move(other.m_folder))
    , m_workingFolders(std::exchange(other.m_workingFolders, {}))
    , m_movedFiles(std::exchange(other.m_movedFiles, {}))
{ }

UnfinishedMachine::~UnfinishedMachine()
{
    if (!m_journal.isEmpty())
        removeEverything();
}

Result<UnfinishedMachine> UnfinishedMachine::begin(const QString &configFolder,
                                                   const QString &finalFolder)
{
    TRY(paths::makePrivateFolder(journalFolder(configFolder)));
    const QString journal = journalFolder(configFolder) + QLatin1Char('/')
        + QUuid::createUuid().toString(QUuid::WithoutBraces);
    TRY(makeFolder(journal));
    MachineLock lock = TRY(MachineLock::acquire(journal));
    UnfinishedMachine machine(journal, std::move(lock), finalFolder);
    const QString base = QFileInfo(finalFolder).absolutePath();
    if (!QDir().mkpath(base))
        return makeError(ErrorKind::Denied,
                         QStringLiteral("Cannot make the folder \"%1\"").arg(base),
                         QStringLiteral("Choose another folder for machines"));
    machine.m_folder = TRY(machine.folderIn(base));
    for (const char *part : {"/disks", "/Logs"})
        TRY(makeFolder(machine.m_folder + QLatin1String(part)));
    return machine;
}

Result<QString> UnfinishedMachine::folderIn(const QString &location)
{
    const QString folder =
        location + QLatin1Char('/') + Prefix + QUuid::createUuid().toString(QUuid::Id128).left(12);
    // First in the journal: what is made after that can always be found.
    m_workingFolders.append(folder);
    TRY(write());
    TRY(makeFolder(folder));
    return folder;
}

Result<> UnfinishedMachine::moveOut(const QString &workingFolder)
{
    const QString target = QFileInfo(workingFolder).path() + QLatin1Char('/');
    for (const QString &name : QDir(workingFolder).entryList(QDir::Files | QDir::Hidden)) {
        const QString from = workingFolder + QLatin1Char('/') + name;
        if (::renameat2(AT_FDCWD, QFile::encodeName(from).constData(), AT_FDCWD,
                        QFile::encodeName(target + name).constData(), RENAME_NOREPLACE)
            != 0) {
            const int reason = errno;
            // Some file systems (NFS, FUSE) cannot refuse by themselves.
            const bool isUnable = reason == EINVAL || reason == ENOSYS;
            if (!isUnable || QFileInfo::exists(target + name)
                || std::rename(QFile::encodeName(from).constData(),
                               QFile::encodeName(target + name).constData())
                    != 0)
                return makeError(
                    reason == EEXIST ? ErrorKind::Busy : ErrorKind::Io,
                    QStringLiteral("Cannot put \"%1\" in its place: %2")
                        .arg(target + name, QString::fromLocal8Bit(std::strerror(reason))),
                    QStringLiteral("Choose another folder or name"));
        }
        m_movedFiles.append(target + name);
    }
    return {};
}

void UnfinishedMachine::finish()
{
    for (const QString &folder : std::as_const(m_workingFolders))
        QDir().rmdir(folder);
    removeJournal(m_journal);
    m_journal.clear();
    m_lock.reset();
}

Result<> UnfinishedMachine::write() const
{
    const QJsonObject json{
        {QStringLiteral("machine"), m_finalFolder},
        {QStringLiteral("working"), QJsonArray::fromStringList(m_workingFolders)}};
    return writeFileAtomically(journalFile(m_journal), QJsonDocument(json).toJson());
}

void UnfinishedMachine::removeEverything()
{
    for (const QString &file : std::as_const(m_movedFiles))
        QFile::remove(file);
    for (const QString &folder : std::as_const(m_workingFolders))
        removeWorkingFolder(folder);
    removeJournal(m_journal);
}

QStringList UnfinishedMachine::cleanUp(const QString &configFolder)
{
    QStringList whole;
    const QDir folder(journalFolder(configFolder));
    for (const QFileInfo &entry : folder.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString journal = entry.absoluteFilePath();
        QFile file(journalFile(journal));
        if (!file.open(QIODevice::ReadOnly)) {
            // Its maker may be between two steps.
            if (entry.lastModified().secsTo(QDateTime::currentDateTime()) > YoungSeconds
                && !MachineLock::isHeld(journal))
                removeJournal(journal);
            continue;
        }
        const Result<MachineLock> lock = MachineLock::acquire(journal);
        if (!lock)
            continue; // it is being made right now
        const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
        const QJsonArray working = json[QLatin1String("working")].toArray();
        const QString machine = json[QLatin1String("machine")].toString();
        if (!QFileInfo::exists(working.at(0).toString()) && QFileInfo(machine).isDir())
            whole.append(machine);
        for (const QJsonValue &path : working)
            removeWorkingFolder(path.toString());
        removeJournal(journal);
    }
    return whole;
}

} // namespace engine
