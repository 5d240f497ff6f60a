// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_store.h"

#include "engine/base/log.h"
#include "engine/machine/autostart.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_store_private.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QTimer>

#include <algorithm>

namespace engine {

namespace {

constexpr int CoalesceMs = 100;

} // namespace

void MachineStore::Private::watchFolders()
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

void MachineStore::Private::reconcileAutostart() const
{
    const QList<QUuid> units = autostartUnits(unitFolder);
    QSet<QUuid> superfluous(units.begin(), units.end());
    bool isAllKnown = true;
    for (const MachineEntry &entry : scan.entries()) {
        isAllKnown = isAllKnown && entry.isAccessible();
        superfluous.remove(entry.definition.uuid);
        if (!entry.isAccessible()
            || entry.definition.isAutostartOn == hasAutostart(entry.definition.uuid, unitFolder))
            continue;
        if (const Result<> written = writeAutostart(entry.definition, unitFolder); !written)
            log(LogLevel::Warning, "store", written.error().text());
    }
    // A machine that cannot be read now may be one of these.
    for (const QUuid &uuid : isAllKnown ? std::as_const(superfluous) : QSet<QUuid>()) {
        if (const Result<> removed = removeAutostart(uuid, unitFolder); !removed)
            log(LogLevel::Warning, "store", removed.error().text());
    }
}

MachineStore::MachineStore(QObject *parent)
    : MachineStore(paths::configFolder(), paths::defaultMachineFolder(), parent)
{ }

MachineStore::MachineStore(QString configFolder, QString machineFolder, QObject *parent)
    : QObject(parent)
    , m_private(std::make_unique<Private>())
{
    m_private->configFolder = cleanFolder(configFolder);
    m_private->unitFolder = autostartUnitFolder(m_private->configFolder);
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
        m_private->reconcileAutostart();
        emit changed();
    });
    // Not restarted by later events: a machine that writes all the time must not hide the others.
    connect(m_private->watcher, &QFileSystemWatcher::directoryChanged, this, [this] {
        if (!m_private->timer->isActive())
            m_private->timer->start();
    });
    m_private->watchFolders();
    // What a killed program left, and what changed before the folders were watched.
    finishInterruptedMoves(m_private->configFolder, m_private->machineFolder());
    const QList<MachineEntry> before = m_private->scan.entries();
    refresh();
    const QList<MachineEntry> &now = m_private->scan.entries();
    const bool isSame = std::equal(before.begin(), before.end(), now.begin(), now.end(),
                                   [](const MachineEntry &left, const MachineEntry &right) {
                                       return left.folder == right.folder
                                           && left.isAccessible() == right.isAccessible()
                                           && left.definition == right.definition;
                                   });
    m_private->reconcileAutostart();
    if (!isSame)
        emit changed();
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
    TRY(writeAutostart(added.definition, m_private->unitFolder));
    refresh();
    emit changed();
    return added;
}

Result<> MachineStore::unregisterMachine(const QString &folder)
{
    const QString path = cleanFolder(folder);
    // What is not on the list is not found by its unit either.
    if (const MachineEntry *entry = m_private->entryIn(path); entry && entry->isAccessible())
        TRY(removeAutostart(entry->definition.uuid, m_private->unitFolder));
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

QString MachineStore::configFolder() const
{
    return m_private->configFolder;
}

QString MachineStore::unitFolder() const
{
    return m_private->unitFolder;
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
