// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_list_model.h"

#include "engine/machine/folder_copy.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"
#include "ui/groups.h"
#include "ui/icons.h"
#include "ui/machine_facts.h"
#include "ui/natural_order.h"
#include "ui/os_names.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QHash>
#include <QtCore/QLocale>
#include <QtCore/QPointer>
#include <QtCore/QThreadPool>
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
    : QAbstractTableModel(parent)
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

QModelIndex MachineListModel::index(int row, int column, const QModelIndex &parent) const
{
    return QAbstractTableModel::index(row, column, parent);
}

int MachineListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant MachineListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Name:
        return tr("Name");
    case State:
        return tr("State");
    case System:
        return tr("Operating System");
    case Memory:
        return tr("Memory");
    case Cpus:
        return tr("Processors");
    case DiskSize:
        return tr("Disk Space");
    case LastUsed:
        return tr("Last Used");
    case Group:
        return tr("Group");
    case ColumnCount:
        break;
    }
    return {};
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
        return cell(row, index.column());
    case SortRole:
        return sortValue(row, index.column());
    case Qt::DecorationRole:
        if (index.column() == State)
            return icon(stateIconName(stateOf(row)));
        if (index.column() != Name)
            return {};
        return row.entry.isAccessible() ? osIcon(osId) : icon(QStringLiteral("dialog-warning"));
    case Qt::ToolTipRole:
        if (!row.entry.isAccessible())
            return engine::errorText(*row.entry.error);
        return tr("%1\n%2\n%3").arg(row.entry.displayName(), osName(osId), row.entry.folder);
    case Qt::AccessibleTextRole:
        if (index.column() != Name)
            return cell(row, index.column());
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
    case GroupRole:
        return groups::of(row.entry.definition);
    case UuidRole:
        return row.entry.definition.uuid.toString(QUuid::WithoutBraces);
    case DescriptionRole:
        return row.entry.definition.description;
    default:
        return {};
    }
}

QVariant MachineListModel::cell(const Row &row, int column) const
{
    const engine::MachineDefinition &machine = row.entry.definition;
    if (column == Name)
        return row.entry.displayName();
    if (column == State)
        return stateText(stateOf(row));
    if (!row.entry.isAccessible())
        return {};
    switch (Column(column)) {
    case System:
        return osName(machine.osId);
    case Memory:
        return memoryText(machine.memoryMiB);
    case Cpus:
        return QLocale().toString(machine.cpus);
    case DiskSize:
        return row.diskBytes < 0
            ? QString()
            : QLocale().formattedDataSize(row.diskBytes, 1, QLocale::DataSizeTraditionalFormat);
    case LastUsed:
        return row.lastUsed.isValid()
            ? QLocale().toString(row.lastUsed.toLocalTime(), QLocale::ShortFormat)
            : tr("Never");
    case Group: {
        const QString group = groups::of(machine);
        return group == QStringLiteral("/") ? QString() : group.mid(1);
    }
    case Name:
    case State:
    case ColumnCount:
        break;
    }
    return {};
}

QVariant MachineListModel::sortValue(const Row &row, int column) const
{
    switch (Column(column)) {
    case Name:
        return row.sortKey;
    case Memory:
        return row.entry.definition.memoryMiB;
    case Cpus:
        return row.entry.definition.cpus;
    case DiskSize:
        return row.diskBytes;
    case LastUsed:
        return row.lastUsed;
    case Group:
        return naturalKey(groups::of(row.entry.definition));
    case State:
    case System:
    case ColumnCount:
        break;
    }
    return cell(row, column);
}

void MachineListModel::rowsChanged(int first, int last, const QList<int> &roles)
{
    if (first <= last)
        emit dataChanged(index(first), index(last, ColumnCount - 1), roles);
}

void MachineListModel::setDiskSizesWanted(bool wanted)
{
    m_areDiskSizesWanted = wanted;
    lookUpDiskSizes();
}

// All of them in one go beside the event loop: a thousand machines are thousands of files.
void MachineListModel::lookUpDiskSizes()
{
    if (!m_areDiskSizesWanted || m_isLookingUp || m_rows.isEmpty())
        return;
    m_isLookingUp = true;
    QHash<QString, QStringList> files;
    for (const Row &row : std::as_const(m_rows)) {
        QStringList &disks = files[row.entry.folder];
        for (const engine::StorageController &controller : row.entry.definition.controllers) {
            for (const engine::StorageAttachment &attachment : controller.attachments) {
                if (attachment.kind == engine::MediumKind::HardDisk)
                    disks.append(engine::resolvedPath(attachment, row.entry.folder));
            }
        }
    }
    QThreadPool::globalInstance()->start([self = QPointer(this), files] {
        QHash<QString, qint64> sizes;
        for (auto item = files.cbegin(); item != files.cend(); ++item) {
            qint64 bytes = 0;
            for (const QString &file : item.value())
                bytes += engine::allocatedBytes(file);
            sizes.insert(item.key(), bytes);
        }
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, sizes] {
                if (!self)
                    return;
                self->m_isLookingUp = false;
                bool hasChanged = false;
                for (Row &row : self->m_rows) {
                    const qint64 bytes = sizes.value(row.entry.folder, -1);
                    hasChanged = hasChanged || bytes != row.diskBytes;
                    row.diskBytes = bytes;
                }
                if (hasChanged)
                    self->rowsChanged(0, int(self->m_rows.size()) - 1, {Qt::DisplayRole, SortRole});
            },
            Qt::QueuedConnection);
    });
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
    rowsChanged(changed.row(), changed.row(), {StateRole, Qt::DisplayRole, Qt::ToolTipRole});
}

void MachineListModel::setRemoving(const QString &folder, bool isRemoving)
{
    if (isRemoving)
        m_removing.insert(folder);
    else
        m_removing.remove(folder);
    const QModelIndex changed = indexOf(folder);
    if (changed.isValid())
        rowsChanged(changed.row(), changed.row(), {StateRole, Qt::DisplayRole, Qt::ToolTipRole});
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
        if (row.entry.displayName() != machines.at(place).displayName())
            row.sortKey = naturalKey(machines.at(place).displayName());
        row.entry = machines.at(place);
        readRecord(row, false);
    }
    rowsChanged(0, int(m_rows.size()) - 1);

    if (!places.isEmpty()) {
        const int first = int(m_rows.size());
        beginInsertRows({}, first, first + int(places.size()) - 1);
        for (const int place : std::as_const(places)) {
            Row row;
            row.entry = machines.at(place);
            row.sortKey = naturalKey(row.entry.displayName());
            readRecord(row, true);
            m_rows.append(row);
        }
        endInsertRows();
    }

    lookUpDiskSizes();

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
    rowsChanged(0, int(m_rows.size()) - 1,
                {OsNameRole, Qt::DisplayRole, Qt::DecorationRole, Qt::ToolTipRole});
}

void MachineListModel::readRecord(Row &row, bool force)
{
    const QFileInfo file(row.entry.folder + QStringLiteral("/state.json"));
    const qint64 time = file.exists() ? file.lastModified().toMSecsSinceEpoch() : 0;
    // "Running" also depends on who holds the lock, which no file's time tells.
    if (!force && time == row.recordTime && row.recorded != engine::PersistentState::Running)
        return;
    row.recordTime = time;
    const engine::StateRecord record = engine::readState(row.entry.folder);
    row.recorded = record.state;
    row.lastUsed = record.changed;
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
    rowsChanged(changed.row(), changed.row(),
                {StateRole, ThumbnailRole, Qt::DisplayRole, Qt::ToolTipRole});
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
        rowsChanged(i, i, roles);
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

bool matchesSearch(const QModelIndex &machine, const QStringList &words)
{
    if (words.isEmpty())
        return true;
    const QString text = machine.data(Qt::DisplayRole).toString() + u'\n'
        + machine.data(MachineListModel::OsNameRole).toString() + u'\n'
        + machine.data(MachineListModel::OsIdRole).toString() + u'\n'
        + stateText(MachineState(machine.data(MachineListModel::StateRole).toInt())) + u'\n'
        + machine.data(MachineListModel::GroupRole).toString() + u'\n'
        + machine.data(MachineListModel::DescriptionRole).toString();
    return std::all_of(words.cbegin(), words.cend(), [&text](const QString &word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

MachineFilterModel::MachineFilterModel(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(MachineListModel::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
}

void MachineFilterModel::setSearch(const QString &text)
{
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool MachineFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    return matchesSearch(sourceModel()->index(row, 0, parent), m_words);
}

} // namespace ui
