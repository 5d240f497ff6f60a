// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's conversations as rows. A new list changes the rows that differ and keeps the others,
// so that a selection stays where it is.
#pragma once

#include "engine/drivers/network_connection.h"

#include <QtCore/QAbstractTableModel>

namespace ui {

class ConnectionModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Adapter, Protocol, State, Guest, Remote, Name, Sent, Received, Since, Columns };

    using QAbstractTableModel::QAbstractTableModel;

    void setConnections(const QList<engine::NetworkConnection> &connections);
    int refusedCount() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    // Qt::UserRole: what to sort by.
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    QList<engine::NetworkConnection> m_connections;
};

} // namespace ui
