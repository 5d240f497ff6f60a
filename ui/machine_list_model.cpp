// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_list_model.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"
#include "ui/icons.h"
#include "ui/os_names.h"

#include <QtCore/QFileInfo>
#include <QtCore/QHash>
#include <QtCore/QTimer>
#include <QtGui/QImageReader>

#include <algorithm>
#include <chrono>

namespace ui {

using namespace std::chrono_literals;

namespace {

// A process that dies closes its socket an instant before its lock.
constexpr auto RecordRetry = 200ms;
constexpr int RecordAttempts = 10;

// What its guest showed when it was saved; null without a picture.
QImage savedPicture(const QString &folder)
{
    QImageReader reader(engine::savedPicturePath(folder));
    const QSize size = reader.size();
    const QSize most = MachineMonitor::ThumbnailSize;
    if (size.width() > most.width() || size.height() > most.height())
        reader.setScaledSize(size.scaled(most, Qt::KeepAspectRatio));
    return reader.read();
}

} // namespace

MachineListModel::MachineListModel(engine::MachineStore &store, MachineMonitor &monitor,
                                   QObject *parent)
    : QAbstractListModel(parent)
    , m_store(store)
    , m_monitor(monitor)
{
    connect(&store, &engine::MachineStore::changed, this, &MachineListModel::update);
    connect(&monitor, &MachineMonitor::statusChanged, this, [this](const QUuid &uuid) {
        liveChanged(uuid, {StateRole, Qt::DisplayRole, Qt::ToolTipRole});
    });
    connect(&monitor, &MachineMonitor::thumbnailChanged, this,
            [this](const QUuid &uuid) { liveChanged(uuid, {ThumbnailRole}); });
    connect(&monitor, &MachineMonitor::machineGone, this, &MachineListModel::machineGone);
    update();
}

int MachineListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant MachineListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const Row &row = m_rows.at(index.row());
    const QString osId = row.entry.definition.osId;
    switch (role) {
    case Qt::DisplayRole:
        return row.entry.displayName();
    case Qt::DecorationRole:
        return row.entry.isAccessible() ? osIcon(osId) : icon(QStringLiteral("dialog-warning"));
    case Qt::ToolTipRole:
        if (!row.entry.isAccessible())
            return engine::errorText(*row.entry.error);
        return tr("%1\n%2\n%3").arg(row.entry.displayName(), osName(osId), row.entry.folder);
    case Qt::AccessibleTextRole:
        //: Read aloud for a row: machine, guest system, state
        return tr("%1, %2, %3").arg(row.entry.displayName(), osName(osId), stateText(stateOf(row)));
    case StateRole:
        return int(stateOf(row));
    case OsIdRole:
        return osId;
    case OsNameRole:
        return row.entry.isAccessible() ? osName(osId) : QString();
    case ThumbnailRole:
        return statusOf(row) ? m_monitor.thumbnail(row.entry.definition.uuid) : row.savedPicture;
    case FolderRole:
        return row.entry.folder;
    default:
        return {};
    }
}

const engine::MachineEntry *MachineListModel::entry(const QModelIndex &index) const
{
    return index.isValid() && index.row() < m_rows.size() ? &m_rows.at(index.row()).entry : nullptr;
}

MachineState MachineListModel::state(const QModelIndex &index) const
{
    return index.isValid() && index.row() < m_rows.size() ? stateOf(m_rows.at(index.row()))
                                                          : MachineState::Inaccessible;
}

QModelIndex MachineListModel::indexOf(const QString &folder) const
{
    for (int row = 0; row < m_rows.size(); ++row)
        if (m_rows.at(row).entry.folder == folder)
            return index(row);
    return {};
}

const engine::MachineStatus *MachineListModel::status(const QModelIndex &index) const
{
    return index.isValid() && index.row() < m_rows.size() ? statusOf(m_rows.at(index.row()))
                                                          : nullptr;
}

void MachineListModel::setStarting(const QString &folder, bool isStarting)
{
    if (isStarting == m_starting.contains(folder))
        return;
    if (isStarting)
        m_starting.insert(folder);
    else
        m_starting.remove(folder);
    const QModelIndex changed = indexOf(folder);
    if (!changed.isValid())
        return;
    if (!isStarting)
        readRecord(m_rows[changed.row()], true);
    emit dataChanged(changed, changed, {StateRole, Qt::ToolTipRole});
}

void MachineListModel::setRemoving(const QString &folder, bool isRemoving)
{
    if (isRemoving)
        m_removing.insert(folder);
    else
        m_removing.remove(folder);
    const QModelIndex changed = indexOf(folder);
    if (changed.isValid())
        emit dataChanged(changed, changed, {StateRole, Qt::ToolTipRole});
}

void MachineListModel::update()
{
    const QList<engine::MachineEntry> machines = m_store.machines();
    QHash<QString, int> places;
    for (int i = 0; i < machines.size(); ++i)
        places.insert(machines.at(i).folder, i);

    for (int row = int(m_rows.size()) - 1; row >= 0; --row) {
        if (places.contains(m_rows.at(row).entry.folder))
            continue;
        beginRemoveRows({}, row, row);
        m_starting.remove(m_rows.at(row).entry.folder);
        m_rows.removeAt(row);
        endRemoveRows();
    }

    for (Row &row : m_rows) {
        const int place = places.take(row.entry.folder); // what stays there is new
        row.entry = machines.at(place);
        readRecord(row, false);
    }
    if (!m_rows.isEmpty())
        emit dataChanged(index(0), index(int(m_rows.size()) - 1));

    if (!places.isEmpty()) {
        const int first = int(m_rows.size());
        beginInsertRows({}, first, first + int(places.size()) - 1);
        for (const int place : std::as_const(places)) {
            Row row;
            row.entry = machines.at(place);
            readRecord(row, true);
            m_rows.append(row);
        }
        endInsertRows();
    }

    QHash<QString, int> wanted;
    for (int i = 0; i < machines.size(); ++i)
        wanted.insert(machines.at(i).folder, i);
    const auto isBefore = [&wanted](const Row &left, const Row &right) {
        return wanted.value(left.entry.folder) < wanted.value(right.entry.folder);
    };
    if (std::is_sorted(m_rows.cbegin(), m_rows.cend(), isBefore))
        return;
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QStringList folders;
    for (const QModelIndex &index : before)
        folders.append(m_rows.at(index.row()).entry.folder);
    std::sort(m_rows.begin(), m_rows.end(), isBefore);
    QModelIndexList after;
    for (const QString &folder : std::as_const(folders))
        after.append(index(wanted.value(folder)));
    changePersistentIndexList(before, after);
    emit layoutChanged({}, VerticalSortHint);
}

void MachineListModel::osNamesChanged()
{
    if (!m_rows.isEmpty())
        emit dataChanged(index(0), index(int(m_rows.size()) - 1));
}

void MachineListModel::readRecord(Row &row, bool force)
{
    const QFileInfo file(row.entry.folder + QStringLiteral("/state.json"));
    const qint64 time = file.exists() ? file.lastModified().toMSecsSinceEpoch() : 0;
    // "Running" also depends on who holds the lock, which no file's time tells.
    if (!force && time == row.recordTime && row.recorded != engine::PersistentState::Running)
        return;
    row.recordTime = time;
    row.recorded = engine::readState(row.entry.folder).state;
    row.savedPicture =
        row.recorded == engine::PersistentState::Saved ? savedPicture(row.entry.folder) : QImage();
}

void MachineListModel::readRecordAgain(const QString &folder, int attempts)
{
    const QModelIndex changed = indexOf(folder);
    if (!changed.isValid())
        return;
    Row &row = m_rows[changed.row()];
    readRecord(row, true);
    emit dataChanged(changed, changed, {StateRole, ThumbnailRole, Qt::ToolTipRole});
    if (row.recorded == engine::PersistentState::Running && !statusOf(row) && attempts > 0)
        QTimer::singleShot(RecordRetry, this,
                           [this, folder, attempts] { readRecordAgain(folder, attempts - 1); });
}

void MachineListModel::liveChanged(const QUuid &uuid, const QList<int> &roles)
{
    for (int i = 0; i < m_rows.size(); ++i) {
        if (m_rows.at(i).entry.definition.uuid != uuid || !statusOf(m_rows.at(i)))
            continue;
        m_starting.remove(m_rows.at(i).entry.folder);
        emit dataChanged(index(i), index(i), roles);
    }
}

void MachineListModel::machineGone(const QUuid &uuid)
{
    QStringList folders; // first all, as a row may go while one is read
    for (const Row &row : std::as_const(m_rows))
        if (row.entry.definition.uuid == uuid)
            folders.append(row.entry.folder);
    for (const QString &folder : std::as_const(folders)) {
        m_starting.remove(folder);
        readRecordAgain(folder, RecordAttempts);
    }
}

const engine::MachineStatus *MachineListModel::statusOf(const Row &row) const
{
    if (!row.entry.isAccessible())
        return nullptr;
    const engine::MachineStatus *status = m_monitor.status(row.entry.definition.uuid);
    // A folder copied by hand has the uuid of its original, which is the one that runs.
    return status && (status->folder.isEmpty() || status->folder == row.entry.folder) ? status
                                                                                      : nullptr;
}

MachineState MachineListModel::stateOf(const Row &row) const
{
    if (m_removing.contains(row.entry.folder))
        return MachineState::Removing; // also when its definition has gone already
    if (!row.entry.isAccessible())
        return MachineState::Inaccessible;
    if (const engine::MachineStatus *status = statusOf(row))
        return machineState(status->state);
    if (m_starting.contains(row.entry.folder))
        return MachineState::Starting;
    return machineState(row.recorded);
}

void MachineFilterModel::setSearch(const QString &text)
{
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool MachineFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (m_words.isEmpty())
        return true;
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    const QString text = index.data(Qt::DisplayRole).toString() + u' '
        + index.data(MachineListModel::OsNameRole).toString() + u' '
        + index.data(MachineListModel::OsIdRole).toString() + u' '
        + stateText(MachineState(index.data(MachineListModel::StateRole).toInt()));
    return std::all_of(m_words.cbegin(), m_words.cend(), [&text](const QString &word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace ui
