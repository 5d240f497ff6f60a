// SPDX-License-Identifier: GPL-3.0-or-later
// The machines of a MachineListModel in their groups, in the order somebody gave them, and only
// those that the search finds. A change of the structure resets the model: whoever shows it keeps
// selection and folding by folder and path.
//
// Main thread only.
#pragma once

#include "ui/machine_list_model.h"

#include <QtCore/QAbstractItemModel>

#include <memory>
#include <vector>

namespace ui {

class ManagerState;

class MachineTreeModel final : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Role {
        IsGroupRole = Qt::UserRole + 100,
        CountRole, // machines in the group, at any depth
        RunningRole, // those that run
    };
    static constexpr char MimeType[] = "application/x-vitrine-machines";

    MachineTreeModel(MachineListModel &machines, const ManagerState &state,
                     QObject *parent = nullptr);
    ~MachineTreeModel() override;

    void setSearch(const QString &text);
    void rebuild(); // after the state's order changed

    bool isGroup(const QModelIndex &index) const;
    QString group(const QModelIndex &index) const; // of a group itself, of a machine where it is
    // "/path" for a group, the UUID for a machine: as ManagerState::order has it.
    QString key(const QModelIndex &index) const;
    QModelIndex machineIndex(const QModelIndex &index) const; // in the list model; invalid: a group
    QModelIndex indexOfFolder(const QString &folder) const;
    QModelIndex indexOfGroup(const QString &group) const;
    // Rows of the list model, in the order they are shown, at any depth.
    QList<int> machineRows(const QModelIndex &group) const;
    QStringList groups() const; // all that are shown

    QModelIndex index(int row, int column = 0, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    Qt::DropActions supportedDropActions() const override;
    QStringList mimeTypes() const override;
    QMimeData *mimeData(const QModelIndexList &indexes) const override;
    bool canDropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column,
                         const QModelIndex &parent) const override;
    bool dropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column,
                      const QModelIndex &parent) override;

signals:
    // Things with these keys were dropped into `group`, before the thing with the key `before`
    // (empty: at the end).
    void dropped(const QStringList &keys, const QString &group, const QString &before);

private:
    struct Node;

    Node *nodeOf(const QModelIndex &index) const;
    QModelIndex indexOf(const Node *node) const;
    Node *groupNode(const QString &path);
    void build();
    void sort(Node &node);
    void sourceChanged(int first, int last, const QList<int> &roles);
    QString structure() const;

    MachineListModel &m_machines;
    const ManagerState &m_state;
    QStringList m_words;
    std::unique_ptr<Node> m_root;
    std::vector<Node *> m_nodes; // by row of the list model; nullptr: not found by the search
    QHash<QString, Node *> m_groups;
    QString m_structure;
};

} // namespace ui
