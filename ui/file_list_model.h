// SPDX-License-Identifier: GPL-3.0-or-later
// A folder's entries in the file manager: folders first, names in natural order.
#pragma once

#include "engine/control/guest_files.h"

#include <QtCore/QAbstractTableModel>

namespace ui {

class FileListModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Size, Modified, Rights, Columns };

    using QAbstractTableModel::QAbstractTableModel;

    void setEntries(QList<engine::GuestEntry> entries);
    const engine::GuestEntry &entry(int row) const { return m_entries[row]; }
    int rowOf(const QString &name) const; // -1 without it

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    void sortEntries();

    QList<engine::GuestEntry> m_entries;
    int m_column = Name;
    Qt::SortOrder m_order = Qt::AscendingOrder;
};

// "rwxr-x---"
QString rightsText(int mode);

} // namespace ui
