// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_store.h"

#include "engine/machine/known_machines.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_files.h"
#include "engine/machine/machine_name.h"
#include "engine/machine/machine_scan.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/unfinished_machine.h"
#include "engine/machine/saved_state.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QFileSystemWatcher>
#include <QtCore/QPointer>
#include <QtCore/QThreadPool>
#include <QtCore/QTimer>

#include <algorithm>

namespace engine {

namespace {

constexpr int CoalesceMs = 100;

// When something was made, renamed or removed in a folder, or a file replaced.
QDateTime changeTime(const QString &path)
{
    return QFileInfo(path).lastModified();
}

QString cleanFolder(const QString &path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

bool isSameName(const QString &left, const QString &right)
{
    return left.compare(right, Qt::CaseInsensitive) == 0;
}

Error nameTaken(const QString &name, const QString &folder)
{
    return makeError(
        ErrorKind::Busy,
        QStringLiteral("There is a machine named '%1' already, in \"%2\"").arg(name, folder),
        QStringLiteral("Choose another name"));
}

Result<> checkName(const QString &name)
{
    const QString problem = machineNameProblem(name);
    if (!problem.isEmpty())
        return makeError(ErrorKind::Invalid, problem, QStringLiteral("Choose another name"));
    return {};
}

} // namespace

struct MachineStore::Private
{
    QString configFolder;
    QString defaultFolder;
    KnownMachines known;
    MachineScan scan;
    QDateTime folderTime; // of the machine folder and of the list, as scanned
    QDateTime listTime;
    QFileSystemWatcher *watcher = nullptr;
    QTimer *timer = nullptr;

    QString machineFolder() const
    {
        return known.machineFolder.isEmpty() ? defaultFolder : known.machineFolder;
    }

    bool isInsideMachineFolder(const QString &folder) const
    {
        return QFileInfo(folder).absolutePath() == cleanFolder(machineFolder());
    }

    const MachineEntry *entryIn(const QString &folder) const
    {
        for (const MachineEntry &entry : scan.entries()) {
            if (entry.folder == folder)
                return &entry;
        }
        return nullptr;
    }

    Result<> changeKnown(const std::function<void(KnownMachines &)> &change)
    {
        known = TRY(changeKnownMachines(configFolder, change));
        return {};
    }

    QStringList diskFilesOfOthers(const QString &folder) const
    {
        QStringList files;
        for (const MachineEntry &other : scan.entries()) {
            if (other.folder != folder && other.isAccessible())
                files.append(diskFilesOf(other));
        }
        return files;
    }

    void noteTimes()
    {
        folderTime = changeTime(machineFolder());
        listTime = changeTime(knownMachinesPath(configFolder));
    }

    // Machines came or went since the scan. What was edited in place is not seen by this.
    bool isListStale() const
    {
        return folderTime != changeTime(machineFolder())
            || listTime != changeTime(knownMachinesPath(configFolder));
    }

    void watchFolders()
    {
        if (!watcher)
            return;
        QStringList wanted;
        for (const QString &folder : {configFolder, machineFolder()}) {
            QString existing = folder;
            // Until it is made, what it will be made in.
            while (!QFileInfo(existing).isDir() && !QDir(existing).isRoot())
                existing = QFileInfo(existing).absolutePath();
            wanted.append(existing);
        }
        for (const MachineEntry &entry : scan.entries())
            wanted.append(QFileInfo(entry.folder).isDir() ? entry.folder
                                                          : QFileInfo(entry.folder).absolutePath());
        const QStringList list = watcher->directories();
        const QSet<QString> watched(list.begin(), list.end());
        const QSet<QString> needed(wanted.begin(), wanted.end());
        const QStringList missing = (needed - watched).values();
        const QStringList superfluous = (watched - needed).values();
        if (!superfluous.isEmpty())
            watcher->removePaths(superfluous);
        if (!missing.isEmpty())
            watcher->addPaths(missing);
    }

    Result<> moveFolder(const QString &from, const QString &to);
    Result<MachineEntry> rename(MachineEntry entry);
    Result<> noteNew(const MachineEntry &entry);

    MachineEntry newEntry(MachineDefinition definition, const QString &baseFolder) const
    {
        if (definition.uuid.isNull())
            definition.uuid = QUuid::createUuid();
        MachineEntry entry;
        entry.folder = (baseFolder.isEmpty() ? machineFolder() : cleanFolder(baseFolder))
            + QLatin1Char('/') + definition.name;
        entry.definitionPath =
            entry.folder + QLatin1Char('/') + definition.name + QStringLiteral(".vitrine");
        entry.definition = std::move(definition);
        return entry;
    }
};

MachineStore::MachineStore(QObject *parent)
    : MachineStore(paths::configFolder(), paths::defaultMachineFolder(), parent)
{ }

MachineStore::MachineStore(QString configFolder, QString machineFolder, QObject *parent)
    : QObject(parent)
    , m_private(std::make_unique<Private>())
{
    m_private->configFolder = cleanFolder(configFolder);
    m_private->defaultFolder = cleanFolder(machineFolder);
    refresh();
}

MachineStore::~MachineStore() = default;

void MachineStore::refresh()
{
    m_private->noteTimes();
    // A list that cannot be read is kept in memory as it was; whoever changes it is told.
    if (Result<KnownMachines> known = readKnownMachines(m_private->configFolder); known)
        m_private->known = std::move(*known);
    m_private->scan.run(m_private->machineFolder(), m_private->known);
    m_private->watchFolders();
}

void MachineStore::watch()
{
    if (m_private->watcher)
        return;
    m_private->watcher = new QFileSystemWatcher(this);
    m_private->timer = new QTimer(this);
    m_private->timer->setSingleShot(true);
    m_private->timer->setInterval(CoalesceMs);
    connect(m_private->timer, &QTimer::timeout, this, [this] {
        refresh();
        emit changed();
    });
    // Not restarted by later events: a machine that writes all the time must not hide the others.
    connect(m_private->watcher, &QFileSystemWatcher::directoryChanged, this, [this] {
        if (!m_private->timer->isActive())
            m_private->timer->start();
    });
    m_private->watchFolders();
}

QList<MachineEntry> MachineStore::machines() const
{
    return m_private->scan.entries();
}

Result<MachineEntry> MachineStore::find(const QString &nameOrUuid) const
{
    QList<MachineEntry> found;
    const QUuid uuid = QUuid::fromString(nameOrUuid);
    for (const MachineEntry &entry : m_private->scan.entries()) {
        if ((!uuid.isNull() && entry.isAccessible() && entry.definition.uuid == uuid)
            || entry.displayName() == nameOrUuid)
            found.append(entry);
    }
    if (found.isEmpty() && nameOrUuid.contains(QLatin1Char('/'))) {
        const QString path = cleanFolder(nameOrUuid);
        for (const MachineEntry &entry : m_private->scan.entries()) {
            if (entry.folder == path || entry.definitionPath == path)
                found.append(entry);
        }
    }
    if (found.isEmpty()) {
        // A machine need not be on the list to be named by its file.
        const bool isPath =
            nameOrUuid.contains(QLatin1Char('/')) || nameOrUuid.endsWith(QLatin1String(".vitrine"));
        if (isPath && QFileInfo::exists(nameOrUuid))
            return readMachine(nameOrUuid);
        return makeError(
            ErrorKind::NotFound,
            QStringLiteral("Could not find a registered machine named '%1'").arg(nameOrUuid));
    }
    if (found.size() > 1) {
        QStringList folders;
        for (const MachineEntry &entry : std::as_const(found))
            folders.append(entry.folder);
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("%1 machines are named '%2': %3")
                             .arg(found.size())
                             .arg(nameOrUuid, folders.join(QStringLiteral(", "))),
                         QStringLiteral("Use the UUID or the folder instead of the name"));
    }
    if (!found.front().isAccessible())
        return *found.front().error;
    return found.front();
}

QString MachineStore::machineFolder() const
{
    return m_private->machineFolder();
}

Result<> MachineStore::setMachineFolder(const QString &folder)
{
    const QString absolute = folder.isEmpty() ? QString() : cleanFolder(folder);
    if (!absolute.isEmpty() && QFileInfo::exists(absolute) && !QFileInfo(absolute).isDir()) {
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is not a folder").arg(absolute));
    }
    // Machines in the old folder stay on the list, and one that was hidden stays hidden by not
    // being on it.
    QStringList moved;
    for (const MachineEntry &entry : m_private->scan.entries()) {
        if (m_private->isInsideMachineFolder(entry.folder))
            moved.append(entry.folder);
    }
    TRY(m_private->changeKnown([&](KnownMachines &known) {
        known.machineFolder = absolute;
        for (const QString &old : std::as_const(moved)) {
            if (!known.folders.contains(old))
                known.folders.append(old);
        }
    }));
    refresh();
    emit changed();
    return {};
}

Result<> MachineStore::checkNew(const MachineDefinition &definition) const
{
    TRY(checkName(definition.name));
    for (const MachineEntry &entry : m_private->scan.entries()) {
        if (isSameName(entry.displayName(), definition.name))
            return nameTaken(definition.name, entry.folder);
        if (entry.isAccessible() && !definition.uuid.isNull()
            && entry.definition.uuid == definition.uuid) {
            return makeError(
                ErrorKind::Busy,
                QStringLiteral("The machine '%1' has the UUID {%2} already")
                    .arg(entry.displayName(), definition.uuid.toString(QUuid::WithoutBraces)));
        }
    }
    return {};
}

Result<> MachineStore::Private::noteNew(const MachineEntry &entry)
{
    if (!isInsideMachineFolder(entry.folder))
        return changeKnown([&entry](KnownMachines &list) {
            if (!list.folders.contains(entry.folder))
                list.folders.append(entry.folder);
        });
    if (known.hidden.contains(entry.folder))
        return changeKnown([&entry](KnownMachines &list) { list.hidden.removeAll(entry.folder); });
    return {};
}

Result<MachineEntry> MachineStore::create(MachineDefinition definition, const QString &baseFolder)
{
    if (m_private->isListStale())
        refresh();
    TRY(checkNew(definition));
    MachineEntry entry = m_private->newEntry(std::move(definition), baseFolder);
    TRY(makeMachineFolder(entry.folder));
    Result<> written = writeMachine(entry);
    if (written)
        written = m_private->noteNew(entry);
    if (!written) {
        removeNewMachineFolder(entry);
        return std::move(written).error();
    }
    // Not scanned again: a thousand machines would be looked at for each that is made. A watched
    // store looks soon anyway, as the folder changed.
    m_private->scan.insert(entry);
    m_private->noteTimes();
    emit changed();
    return entry;
}

Result<MachineEntry> MachineStore::adopt(const QString &preparedFolder,
                                         MachineDefinition definition, const QString &baseFolder)
{
    if (m_private->isListStale())
        refresh();
    TRY(checkNew(definition));
    const MachineEntry entry = m_private->newEntry(std::move(definition), baseFolder);
    MachineEntry prepared = entry;
    prepared.folder = preparedFolder;
    prepared.definitionPath =
        preparedFolder + QLatin1Char('/') + QFileInfo(entry.definitionPath).fileName();
    TRY(writeMachine(prepared));
    Result<> named = renameNewFolder(preparedFolder, entry.folder);
    if (named)
        named = m_private->noteNew(entry);
    if (!named) {
        // The caller throws the folder away under the name that it knows.
        if (QFileInfo(entry.folder).isDir() && !QFileInfo::exists(preparedFolder))
            QDir().rename(entry.folder, preparedFolder);
        return std::move(named).error();
    }
    m_private->scan.insert(entry);
    m_private->noteTimes();
    emit changed();
    return entry;
}

void MachineStore::cleanUpUnfinished()
{
    bool isChanged = false;
    for (const QString &folder : UnfinishedMachine::cleanUp(m_private->configFolder)) {
        const Result<MachineEntry> entry = readMachine(folder);
        if (!entry || m_private->entryIn(entry->folder))
            continue;
        // Only the list did not know of it yet.
        if (Result<> noted = m_private->noteNew(*entry); !noted)
            qWarning("%s", noted.error().text().c_str());
        isChanged = true;
    }
    if (isChanged) {
        refresh();
        emit changed();
    }
}

QString MachineStore::configFolder() const
{
    return m_private->configFolder;
}

Result<MachineEntry> MachineStore::save(const MachineEntry &entry)
{
    TRY(checkName(entry.definition.name));
    // Kept until the end, also while the folder moves: it is held by the open file.
    const MachineLock lock = TRY(MachineLock::acquire(entry.folder));
    TRY(checkAgainstSavedState(entry));
    MachineEntry saved = entry;
    const QString oldName = QFileInfo(entry.definitionPath).completeBaseName();
    if (entry.definition.name == oldName)
        TRY(writeMachine(entry));
    else
        saved = TRY(m_private->rename(entry));
    refresh();
    emit changed();
    return saved;
}

// The folder first, as that is what fails for reasons outside. In between, the definition has the
// new name in a file with the old one, which every reader accepts.
Result<MachineEntry> MachineStore::Private::rename(MachineEntry entry)
{
    const QString newName = entry.definition.name;
    const QString oldName = QFileInfo(entry.definitionPath).completeBaseName();
    for (const MachineEntry &other : scan.entries()) {
        if (other.folder != entry.folder && isSameName(other.displayName(), newName))
            return nameTaken(newName, other.folder);
    }
    const QString oldFolder = entry.folder;
    const QString newFolder = QFileInfo(oldFolder).absolutePath() + QLatin1Char('/') + newName;
    const QStringList others = diskFilesOfOthers(oldFolder);
    const bool isShared =
        std::any_of(others.begin(), others.end(), [&oldFolder](const QString &path) {
            return path.startsWith(oldFolder + QLatin1Char('/'));
        });
    const bool movesFolder = QFileInfo(oldFolder).fileName() == oldName && !isShared;
    if (movesFolder) {
        TRY(moveFolder(oldFolder, newFolder));
        entry.folder = newFolder;
        entry.definitionPath =
            newFolder + QLatin1Char('/') + QFileInfo(entry.definitionPath).fileName();
        for (StorageController &controller : entry.definition.controllers) {
            for (StorageAttachment &attachment : controller.attachments) {
                if (attachment.path.startsWith(oldFolder + QLatin1Char('/')))
                    attachment.path.replace(0, oldFolder.size(), newFolder);
            }
        }
    }
    const QString target = entry.folder + QLatin1Char('/') + newName + QStringLiteral(".vitrine");
    Result<> done = QFileInfo::exists(target)
        ? Result<>(makeError(ErrorKind::Busy, QStringLiteral("\"%1\" exists already").arg(target)))
        : writeMachine(entry);
    if (done && !QFile::rename(entry.definitionPath, target)) {
        done = makeError(ErrorKind::Io,
                         QStringLiteral("Cannot rename \"%1\"").arg(entry.definitionPath));
    }
    if (!done) {
        if (movesFolder) {
            // The error that matters is the first one.
            if (Result<> back = moveFolder(newFolder, oldFolder); !back)
                return std::move(back).error().context(done.error().text());
        }
        return std::move(done).error();
    }
    QFile::remove(previousVersionPath(target));
    QFile::rename(previousVersionPath(entry.definitionPath), previousVersionPath(target));
    entry.definitionPath = target;
    return entry;
}

Result<> MachineStore::Private::moveFolder(const QString &from, const QString &to)
{
    if (QFileInfo::exists(to)) {
        return makeError(ErrorKind::Busy,
                         QStringLiteral("The folder \"%1\" exists already").arg(to),
                         QStringLiteral("Choose another name"));
    }
    if (!QDir().rename(from, to)) {
        return makeError(ErrorKind::Denied,
                         QStringLiteral("Cannot rename the folder \"%1\" to \"%2\"").arg(from, to));
    }
    if (!known.folders.contains(from) && !known.hidden.contains(from))
        return {};
    return changeKnown([&](KnownMachines &list) {
        list.folders.replaceInStrings(QRegularExpression(QRegularExpression::anchoredPattern(
                                          QRegularExpression::escape(from))),
                                      to);
        list.hidden.removeAll(from);
    });
}

Result<MachineEntry> MachineStore::registerMachine(const QString &path)
{
    const MachineEntry added = TRY(readMachine(path));
    refresh();
    const bool isListed = m_private->entryIn(added.folder) != nullptr;
    for (const MachineEntry &entry : m_private->scan.entries()) {
        if (!isListed && entry.isAccessible() && entry.definition.uuid == added.definition.uuid) {
            return makeError(
                ErrorKind::Busy,
                QStringLiteral("Cannot add \"%1\": the machine '%2' has the same UUID {%3}")
                    .arg(added.definitionPath, entry.displayName(),
                         added.definition.uuid.toString(QUuid::WithoutBraces)));
        }
    }
    TRY(m_private->changeKnown([&](KnownMachines &known) {
        known.hidden.removeAll(added.folder);
        if (!m_private->isInsideMachineFolder(added.folder)
            && !known.folders.contains(added.folder))
            known.folders.append(added.folder);
    }));
    refresh();
    emit changed();
    return added;
}

Result<> MachineStore::unregisterMachine(const QString &folder)
{
    const QString path = cleanFolder(folder);
    TRY(m_private->changeKnown([&](KnownMachines &known) {
        known.folders.removeAll(path);
        known.folders.removeAll(folder);
        if (m_private->isInsideMachineFolder(path) && QFileInfo::exists(path)
            && !known.hidden.contains(path))
            known.hidden.append(path);
    }));
    refresh();
    emit changed();
    return {};
}

Result<> MachineStore::deleteMachine(const MachineEntry &entry)
{
    refresh();
    MachineDeletion deletion = TRY(MachineDeletion::prepare(
        entry, m_private->diskFilesOfOthers(entry.folder), m_private->configFolder));
    Result<> deleted = deletion.run();
    refresh();
    emit changed();
    return deleted;
}

void MachineStore::deleteMachineInBackground(const MachineEntry &entry, Deleted done)
{
    refresh();
    const auto finish = [store = QPointer(this), done = std::move(done)](const Result<> &deleted) {
        // The store's owner went; the files go all the same.
        if (!store)
            return;
        store->refresh();
        emit store->changed();
        done(deleted);
    };
    const auto later = [finish](const Result<> &deleted) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(), [finish, deleted] { finish(deleted); },
            Qt::QueuedConnection);
    };
    Result<MachineDeletion> prepared = MachineDeletion::prepare(
        entry, m_private->diskFilesOfOthers(entry.folder), m_private->configFolder);
    if (!prepared)
        return later(std::move(prepared).error());
    const auto deletion = std::make_shared<MachineDeletion>(std::move(*prepared));
    QThreadPool::globalInstance()->start([deletion, later] { later(deletion->run()); });
}

Result<> MachineStore::discardSavedState(const MachineEntry &entry)
{
    const MachineLock lock = TRY(MachineLock::acquire(entry.folder));
    if (!hasSavedState(entry.folder)) {
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("The machine '%1' has no saved state").arg(entry.displayName()));
    }
    // First, so that a machine that was saved is off when the state has gone.
    Result<> done = writeState(entry.folder, PersistentState::PoweredOff);
    if (done)
        done = removeSavedState(entry.folder);
    if (!done)
        return std::move(done).error().context(
            QStringLiteral("Cannot discard the saved state of '%1'")
                .arg(entry.displayName())
                .toStdString());
    emit changed();
    return {};
}

QStringList MachineStore::usedMedia(MediumKind kind) const
{
    QStringList media;
    for (const MachineEntry &entry : m_private->scan.entries()) {
        for (const StorageController &controller : entry.definition.controllers) {
            for (const StorageAttachment &attachment : controller.attachments) {
                if (attachment.kind == kind && !attachment.path.isEmpty())
                    media.append(resolvedPath(attachment, entry.folder));
            }
        }
    }
    media.removeDuplicates();
    return media;
}

} // namespace engine
