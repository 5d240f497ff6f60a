// SPDX-License-Identifier: GPL-3.0-or-later
// The store's changes to machines: made, saved, renamed, moved, deleted.
#include "engine/machine/autostart.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_name.h"
#include "engine/machine/machine_store_private.h"
#include "engine/machine/machine_task.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"
#include "engine/machine/unfinished_machine.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QPointer>
#include <QtCore/QThreadPool>

#include <algorithm>

namespace engine {

namespace {

bool isSameName(const QString &left, const QString &right)
{
    return left.compare(right, Qt::CaseInsensitive) == 0;
}

} // namespace

std::optional<Error> MachineStore::Private::nameProblem(const QString &name,
                                                        const QString &folder) const
{
    const QString problem = machineNameProblem(name);
    if (!problem.isEmpty())
        return makeError(ErrorKind::Invalid, problem, QStringLiteral("Choose another name"));
    for (const MachineEntry &entry : scan.entries()) {
        if (entry.folder == folder || !isSameName(entry.displayName(), name))
            continue;
        return makeError(ErrorKind::Busy,
                         QStringLiteral("There is a machine named '%1' already, in \"%2\"")
                             .arg(name, entry.folder),
                         QStringLiteral("Choose another name"));
    }
    return std::nullopt;
}

std::optional<Error> MachineStore::nameProblem(const QString &name, const QString &folder) const
{
    return m_private->nameProblem(name, folder);
}

Result<> MachineStore::checkNew(const MachineDefinition &definition) const
{
    if (std::optional<Error> problem = m_private->nameProblem(definition.name, {}))
        return std::move(*problem);
    for (const MachineEntry &entry : m_private->scan.entries()) {
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

MachineEntry MachineStore::Private::newEntry(MachineDefinition definition,
                                             const QString &baseFolder) const
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

// What comes with a machine that was just made: its place on the list, and its unit.
Result<> MachineStore::Private::noteNew(const MachineEntry &entry)
{
    TRY(writeAutostart(entry.definition, unitFolder));
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

Result<MachineEntry> MachineStore::save(const MachineEntry &entry)
{
    const QString oldName = QFileInfo(entry.definitionPath).completeBaseName();
    const bool isRenamed = entry.definition.name != oldName;
    // A machine may have been given its name by hand, which others have as well.
    if (const QString problem = machineNameProblem(entry.definition.name); !problem.isEmpty())
        return makeError(ErrorKind::Invalid, problem, QStringLiteral("Choose another name"));
    if (isRenamed) {
        if (std::optional<Error> taken =
                m_private->nameProblem(entry.definition.name, entry.folder))
            return std::move(*taken);
    }
    TRY(checkAgainstSavedState(entry));
    MachineEntry saved = entry;
    Result<> done;
    {
        // The unit first: a machine that says it starts by itself and does not would be the worse
        // half.
        if (entry.definition.isAutostartOn)
            TRY(writeAutostart(entry.definition, m_private->unitFolder));
        if (isRenamed) {
            MachineMove move = TRY(MachineMove::prepare(m_private->renameRequest(entry)));
            Result<MachineEntry> renamed = move.run([](qint64) { return true; });
            if (renamed)
                saved = std::move(*renamed);
            else
                done = std::move(renamed).error();
        } else {
            const MachineLock lock = TRY(MachineLock::acquire(entry.folder));
            done = writeMachine(entry);
        }
        if (done && !entry.definition.isAutostartOn)
            done = writeAutostart(entry.definition, m_private->unitFolder);
    }
    if (!done && entry.definition.isAutostartOn) {
        // What is on the disk decides.
        if (const Result<MachineEntry> present = readMachine(entry.folder)) [[maybe_unused]]
            const Result<> undone = writeAutostart(present->definition, m_private->unitFolder);
    }
    refresh();
    emit changed();
    if (!done)
        return std::move(done).error();
    return saved;
}

MachineMoveRequest MachineStore::Private::renameRequest(const MachineEntry &entry) const
{
    MachineMoveRequest request{.entry = entry,
                               .newFolder = entry.folder,
                               .configFolder = configFolder,
                               .machineFolder = cleanFolder(machineFolder())};
    // A folder that never had the machine's name, or that others point into, keeps its own.
    const QString oldName = QFileInfo(entry.definitionPath).completeBaseName();
    if (QFileInfo(entry.folder).fileName() == oldName
        && !whyFolderCannotMove(entry, diskFilesOfOthers(entry.folder)))
        request.newFolder =
            QFileInfo(entry.folder).absolutePath() + QLatin1Char('/') + entry.definition.name;
    return request;
}

Result<MachineEntry> MachineStore::rename(const MachineEntry &entry, const QString &name)
{
    MachineEntry renamed = entry;
    renamed.definition.name = name;
    return save(renamed);
}

Result<MachineTask *> MachineStore::move(const MachineEntry &entry, const QString &baseFolder,
                                         Moved moved, QObject *parent)
{
    refresh();
    const std::string what =
        QStringLiteral("Cannot move the machine '%1'").arg(entry.displayName()).toStdString();
    const QString base = cleanFolder(baseFolder);
    const QString target = base + QLatin1Char('/') + QFileInfo(entry.folder).fileName();
    if (target == entry.folder) {
        return makeError(ErrorKind::Invalid, QStringLiteral("It is in \"%1\" already").arg(base),
                         QStringLiteral("Choose another folder"))
            .context(what);
    }
    if (std::optional<Error> tied =
            whyFolderCannotMove(entry, m_private->diskFilesOfOthers(entry.folder)))
        return std::move(*tied).context(what);
    Result<MachineMove> prepared =
        MachineMove::prepare({.entry = entry,
                              .newFolder = target,
                              .configFolder = m_private->configFolder,
                              .machineFolder = cleanFolder(m_private->machineFolder())});
    if (!prepared)
        return std::move(prepared).error().context(what);
    const auto move = std::make_shared<MachineMove>(std::move(*prepared));
    return new MachineTask(
        [move, what](TaskProgress &progress) -> Result<MachineEntry> {
            progress.setTotal(move->bytesToCopy());
            Result<MachineEntry> result = move->run(progress.meter());
            if (!result)
                return std::move(result).error().context(what);
            return result;
        },
        [store = QPointer(this), move,
         moved = std::move(moved)](const Result<MachineEntry> &result) {
            if (store) {
                store->refresh();
                emit store->changed();
            }
            moved(result, move->leftover());
        },
        parent ? parent : this);
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

} // namespace engine
