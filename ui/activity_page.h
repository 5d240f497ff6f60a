// SPDX-License-Identifier: GPL-3.0-or-later
// The manager's page of what the running machines use: one line each, and charts of the one that
// is looked at. Activity is asked for only while the page is shown.
//
// Main thread only.
#pragma once

#include "ui/activity_history.h"
#include "ui/machine_list_model.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QElapsedTimer>
#include <QtCore/QUuid>
#include <QtWidgets/QWidget>

class QLabel;
class QStackedWidget;
class QTreeView;

namespace ui {

class ActivityCharts;

class ActivityModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Cpu, Memory, DiskRead, DiskWritten, Received, Sent, Exits, ColumnCount };
    static constexpr int SortRole = Qt::UserRole;

    ActivityModel(MachineListModel &machines, MachineMonitor &monitor, QObject *parent = nullptr);

    void setWanted(bool wanted);
    QUuid machine(const QModelIndex &index) const;
    QModelIndex indexOf(const QUuid &machine) const;
    const ActivityHistory *history(const QUuid &machine) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void sampled(const QUuid &machine);

private:
    struct Row
    {
        QUuid uuid;
        QString name;
        ActivityHistory history;
    };

    void follow();

    MachineListModel &m_machines;
    MachineMonitor &m_monitor;
    QList<Row> m_rows;
    QElapsedTimer m_clock;
    bool m_isWanted = false;
};

class ActivityPage final : public QWidget
{
    Q_OBJECT
public:
    ActivityPage(MachineListModel &machines, MachineMonitor &monitor, QWidget *parent = nullptr);

signals:
    void machineChosen(const QString &folder);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void updateCharts();
    void updateEmpty();

    MachineListModel &m_machines;
    MachineMonitor &m_monitor;
    ActivityModel *m_model;
    QTreeView *m_table;
    QLabel *m_title;
    ActivityCharts *m_charts;
    QLabel *m_nothing;
    QStackedWidget *m_pages;
};

} // namespace ui
