// SPDX-License-Identifier: GPL-3.0-or-later
// The manager's machines to choose from: a search line over a list with groups, or over a table.
// Either shows the same choice; folding, order and columns are remembered.
//
// Main thread only.
#pragma once

#include "ui/machine_list_model.h"

#include <QtCore/QStringList>
#include <QtWidgets/QWidget>

class QAbstractItemView;
class QLineEdit;
class QStackedWidget;

namespace ui {

class MachineColumnsView;
class MachineFilterModel;
class MachineListView;
class MachineTreeModel;
class ManagerState;

class MachineBrowser final : public QWidget
{
    Q_OBJECT
public:
    MachineBrowser(MachineListModel &model, ManagerState &state, QWidget *parent = nullptr);
    ~MachineBrowser() override;

    // In the list model. The machine that is looked at; invalid while that is a group.
    QModelIndex current() const;
    QString currentGroup() const; // when the current row is one; else empty
    // Rows of the list model: the selected machines and those in selected groups, each once, in the
    // order they are shown.
    QList<int> selectedRows() const;
    // Groups that are selected themselves.
    QStringList selectedGroups() const;
    QStringList groups() const; // all
    QStringList keysInGroup(const QString &group) const; // as they are shown

    void select(const QString &folder); // also clears a search that hides it
    void selectGroup(const QString &group);
    void selectFirst();
    bool isEmpty() const; // nothing is shown
    void setColumns(bool columns);
    void orderChanged(); // ManagerState::order has

    void focusSearch();
    void focusList();

signals:
    void selectionChanged();
    void rowChosen(); // Enter or a double click on the current machine
    void menuRequested(const QPoint &globalPlace, bool onRow);
    void dropped(const QStringList &keys, const QString &group, const QString &before);

private:
    void keepSelection();
    void restoreSelection();
    void restoreFolding();
    QAbstractItemView *view() const;
    void watchSelection();

    MachineListModel &m_model;
    ManagerState &m_state;
    QLineEdit *m_search;
    MachineTreeModel *m_tree;
    MachineListView *m_list;
    MachineFilterModel *m_table;
    MachineColumnsView *m_columns;
    QStackedWidget *m_views;
    QStringList m_keptFolders;
    QStringList m_keptGroups;
    QString m_keptFolder;
    QString m_keptGroup;
    qsizetype m_keptPlace = 0; // among the machines, for when that one is gone
    bool m_isRestoring = false;
};

} // namespace ui
