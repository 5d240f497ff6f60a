// SPDX-License-Identifier: GPL-3.0-or-later
// Port forwards as a table that is edited in place, with buttons to add, copy and delete.
#pragma once

#include "engine/machine/machine_check.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QHash>
#include <QtWidgets/QWidget>

class QTableView;
class QToolButton;

namespace ui {

class ForwardModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Protocol, HostAddress, HostPort, GuestAddress, GuestPort, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    void setForwards(const QList<engine::PortForward> &forwards);
    const QList<engine::PortForward> &forwards() const { return m_forwards; }
    // `field` of each: "<row>" or "<row>/<key>".
    void setProblems(const QList<engine::DefinitionProblem> &problems);
    void insert(int row, const engine::PortForward &forward);
    void removeAt(int row);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

signals:
    void edited();

private:
    QList<engine::PortForward> m_forwards;
    QHash<QPair<int, int>, engine::DefinitionProblem> m_problems; // by row and column
};

class ForwardTable final : public QWidget
{
    Q_OBJECT
public:
    explicit ForwardTable(QWidget *parent);

    void setForwards(const QList<engine::PortForward> &forwards);
    const QList<engine::PortForward> &forwards() const { return m_model->forwards(); }
    void setProblems(const QList<engine::DefinitionProblem> &problems);

signals:
    void edited();

private:
    void add();
    void copy();
    void remove();
    void insert(int row, engine::PortForward forward);
    QString freeName(const QString &base) const;
    int freePort(int from) const;
    void updateButtons();

    ForwardModel *m_model;
    QTableView *m_view;
    QToolButton *m_add;
    QToolButton *m_copy;
    QToolButton *m_remove;
};

} // namespace ui
