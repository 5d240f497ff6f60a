// SPDX-License-Identifier: GPL-3.0-or-later
// The machines of a store as rows, with their live state. Files are read when something changed,
// never when a row is painted; what disks take is looked up beside the event loop, and only while
// somebody looks at that column.
//
// Main thread only.
#pragma once

#include "engine/machine/machine_store.h"
#include "ui/machine_monitor.h"
#include "ui/machine_state.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QSet>
#include <QtCore/QSortFilterProxyModel>

namespace ui {

class MachineListModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        StateRole = Qt::UserRole,
        OsIdRole,
        OsNameRole,
        ThumbnailRole,
        FolderRole,
        GroupRole, // "/work"
        UuidRole, // as text; what an order remembers
        SortRole, // of the column
        DescriptionRole,
    };
    enum Column { Name, State, System, Memory, Cpus, DiskSize, LastUsed, Group, ColumnCount };

    MachineListModel(engine::MachineStore &store, MachineMonitor &monitor,
                     QObject *parent = nullptr);

    QModelIndex index(int row, int column = 0, const QModelIndex &parent = {}) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    // nullptr for an invalid index. Valid until the model changes.
    const engine::MachineEntry *entry(const QModelIndex &index) const;
    MachineState state(const QModelIndex &index) const;
    QModelIndex indexOf(const QString &folder) const;
    // The row's process, when it has one that answers.
    const engine::MachineStatus *status(const QModelIndex &index) const;

    // Between the user's command and the machine's first word.
    void setStarting(const QString &folder, bool isStarting);
    // While the machine's files are deleted.
    void setRemoving(const QString &folder, bool isRemoving);
    // Takes over what the store knows now.
    void update();
    void osNamesChanged();
    void setDiskSizesWanted(bool wanted);

private:
    struct Row
    {
        engine::MachineEntry entry;
        QString sortKey; // of the name
        QDateTime lastUsed;
        qint64 diskBytes = -1; // not known yet
        engine::PersistentState recorded = engine::PersistentState::PoweredOff;
        QImage savedPicture; // while it is saved
        qint64 recordTime = -1; // the state file's, to read it once
    };

    QVariant cell(const Row &row, int column) const;
    QVariant sortValue(const Row &row, int column) const;
    void rowsChanged(int first, int last, const QList<int> &roles = {});
    void lookUpDiskSizes();
    void readRecord(Row &row, bool force);
    void readRecordAgain(const QString &folder, int attempts);
    void liveChanged(const QUuid &uuid, const QList<int> &roles);
    void machineGone(const QUuid &uuid);
    MachineState stateOf(const Row &row) const;
    const engine::MachineStatus *statusOf(const Row &row) const;

    engine::MachineStore &m_store;
    MachineMonitor &m_monitor;
    QList<Row> m_rows;
    QSet<QString> m_starting; // folders
    QSet<QString> m_removing; // folders
    bool m_areDiskSizesWanted = false;
    bool m_isLookingUp = false;
};

// Each word is found in the machine's name, system, state, group or description.
bool matchesSearch(const QModelIndex &machine, const QStringList &words);

// Rows that match the search, in the order of a column.
class MachineFilterModel final : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit MachineFilterModel(QObject *parent = nullptr);
    void setSearch(const QString &text);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QStringList m_words;
};

} // namespace ui
