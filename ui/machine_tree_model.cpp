// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_tree_model.h"

#include "ui/groups.h"
#include "ui/manager_state.h"
#include "ui/natural_order.h"

#include <QtCore/QIODevice>
#include <QtCore/QMimeData>

#include <algorithm>
#include <functional>

namespace ui {

struct MachineTreeModel::Node
{
    QString path; // of a group; empty: a machine
    QString key;
    QString sortKey;
    int machineRow = -1;
    Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children = {};

    bool isGroup() const { return machineRow < 0; }
};

MachineTreeModel::MachineTreeModel(MachineListModel &machines, const ManagerState &state,
                                   QObject *parent)
    : QAbstractItemModel(parent)
    , m_machines(machines)
    , m_state(state)
{
    const auto rebuildAll = [this] { rebuild(); };
    connect(&machines, &QAbstractItemModel::rowsInserted, this, rebuildAll);
    connect(&machines, &QAbstractItemModel::rowsRemoved, this, rebuildAll);
    connect(&machines, &QAbstractItemModel::layoutChanged, this, rebuildAll);
    connect(&machines, &QAbstractItemModel::modelReset, this, rebuildAll);
    connect(&machines, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                sourceChanged(first.row(), last.row(), roles);
            });
    build();
}

MachineTreeModel::~MachineTreeModel() = default;

void MachineTreeModel::setSearch(const QString &text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    if (words == m_words)
        return;
    m_words = words;
    rebuild();
}

void MachineTreeModel::rebuild()
{
    beginResetModel();
    build();
    endResetModel();
}

// What the tree depends on beside the rows themselves.
QString MachineTreeModel::structure() const
{
    QString text;
    for (int row = 0; row < m_machines.rowCount(); ++row) {
        const QModelIndex machine = m_machines.index(row);
        text += machine.data(MachineListModel::SortRole).toString() + u'\n'
            + machine.data(MachineListModel::GroupRole).toString() + u'\n'
            + (matchesSearch(machine, m_words) ? u'+' : u'-');
    }
    return text;
}

void MachineTreeModel::build()
{
    m_root = std::make_unique<Node>();
    m_root->path = QStringLiteral("/");
    m_groups.clear();
    m_groups.insert(m_root->path, m_root.get());
    m_nodes.assign(std::size_t(m_machines.rowCount()), nullptr);
    for (int row = 0; row < m_machines.rowCount(); ++row) {
        const QModelIndex machine = m_machines.index(row);
        if (!matchesSearch(machine, m_words))
            continue;
        Node *parent = groupNode(machine.data(MachineListModel::GroupRole).toString());
        auto node = std::make_unique<Node>();
        node->key = machine.data(MachineListModel::UuidRole).toString();
        node->sortKey = machine.data(MachineListModel::SortRole).toString();
        node->machineRow = row;
        node->parent = parent;
        m_nodes[std::size_t(row)] = node.get();
        parent->children.push_back(std::move(node));
    }
    sort(*m_root);
    m_structure = structure();
}

MachineTreeModel::Node *MachineTreeModel::groupNode(const QString &path)
{
    if (Node *known = m_groups.value(path))
        return known;
    Node *parent = groupNode(groups::parentOf(path));
    auto node = std::make_unique<Node>();
    node->path = path;
    node->key = path;
    node->sortKey = naturalKey(groups::nameOf(path));
    node->parent = parent;
    Node *made = node.get();
    parent->children.push_back(std::move(node));
    m_groups.insert(path, made);
    return made;
}

void MachineTreeModel::sort(Node &node)
{
    const QStringList order = m_state.order.value(node.path);
    QHash<QString, int> places;
    for (int i = 0; i < order.size(); ++i)
        places.insert(order.at(i), i);
    const auto isBefore = [&](const std::unique_ptr<Node> &left,
                              const std::unique_ptr<Node> &right) {
        const int leftPlace = places.value(left->key, int(order.size()));
        const int rightPlace = places.value(right->key, int(order.size()));
        if (leftPlace != rightPlace)
            return leftPlace < rightPlace;
        if (left->isGroup() != right->isGroup())
            return left->isGroup();
        const int names = left->sortKey.compare(right->sortKey);
        return names != 0 ? names < 0 : left->machineRow < right->machineRow;
    };
    std::sort(node.children.begin(), node.children.end(), isBefore);
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        node.children[i]->row = int(i);
        if (node.children[i]->isGroup())
            sort(*node.children[i]);
    }
}

void MachineTreeModel::sourceChanged(int first, int last, const QList<int> &roles)
{
    const bool onlyLooks = !roles.isEmpty() && m_words.isEmpty();
    const bool onlyPicture = roles == QList<int>{MachineListModel::ThumbnailRole};
    if (!onlyLooks && !onlyPicture && structure() != m_structure)
        return rebuild();
    if (last - first > 50) {
        // One signal for each group, instead of one for each machine.
        const std::function<void(const Node &)> tell = [&](const Node &node) {
            if (node.children.empty())
                return;
            emit dataChanged(indexOf(node.children.front().get()),
                             indexOf(node.children.back().get()), roles);
            for (const auto &child : node.children)
                tell(*child);
        };
        return tell(*m_root);
    }
    for (int row = first; row <= last; ++row) {
        const Node *node = m_nodes.at(std::size_t(row));
        if (!node)
            continue;
        emit dataChanged(indexOf(node), indexOf(node), roles);
        for (node = node->parent; node && node->parent && !onlyPicture; node = node->parent)
            emit dataChanged(indexOf(node), indexOf(node), {RunningRole});
    }
}

MachineTreeModel::Node *MachineTreeModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex MachineTreeModel::indexOf(const Node *node) const
{
    return node && node->parent ? createIndex(node->row, 0, node) : QModelIndex();
}

bool MachineTreeModel::isGroup(const QModelIndex &index) const
{
    return index.isValid() && nodeOf(index)->isGroup();
}

QString MachineTreeModel::group(const QModelIndex &index) const
{
    const Node *node = nodeOf(index);
    return node->isGroup() ? node->path : node->parent->path;
}

QString MachineTreeModel::key(const QModelIndex &index) const
{
    return index.isValid() ? nodeOf(index)->key : QString();
}

QModelIndex MachineTreeModel::machineIndex(const QModelIndex &index) const
{
    if (!index.isValid() || nodeOf(index)->isGroup())
        return {};
    return m_machines.index(nodeOf(index)->machineRow);
}

QModelIndex MachineTreeModel::indexOfFolder(const QString &folder) const
{
    const QModelIndex machine = m_machines.indexOf(folder);
    return machine.isValid() ? indexOf(m_nodes.at(std::size_t(machine.row()))) : QModelIndex();
}

QModelIndex MachineTreeModel::indexOfGroup(const QString &group) const
{
    return indexOf(m_groups.value(group));
}

QList<int> MachineTreeModel::machineRows(const QModelIndex &group) const
{
    QList<int> rows;
    const std::function<void(const Node &)> gather = [&](const Node &node) {
        if (!node.isGroup())
            rows.append(node.machineRow);
        for (const auto &child : node.children)
            gather(*child);
    };
    gather(*nodeOf(group));
    return rows;
}

QStringList MachineTreeModel::groups() const
{
    QStringList all = m_groups.keys();
    all.removeAll(QStringLiteral("/"));
    std::sort(all.begin(), all.end(), [](const QString &left, const QString &right) {
        return naturalKey(left) < naturalKey(right);
    });
    return all;
}

QModelIndex MachineTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (column != 0 || row < 0 || row >= int(node->children.size()))
        return {};
    return createIndex(row, 0, node->children[std::size_t(row)].get());
}

QModelIndex MachineTreeModel::parent(const QModelIndex &index) const
{
    return index.isValid() ? indexOf(nodeOf(index)->parent) : QModelIndex();
}

int MachineTreeModel::rowCount(const QModelIndex &parent) const
{
    return int(nodeOf(parent)->children.size());
}

int MachineTreeModel::columnCount(const QModelIndex &) const
{
    return 1;
}

QVariant MachineTreeModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node *node = nodeOf(index);
    if (role == IsGroupRole)
        return node->isGroup();
    if (!node->isGroup())
        return m_machines.index(node->machineRow).data(role);
    if (role == Qt::DisplayRole)
        return groups::nameOf(node->path);
    if (role == MachineListModel::GroupRole)
        return node->path;
    if (role != CountRole && role != RunningRole && role != Qt::AccessibleTextRole
        && role != Qt::ToolTipRole)
        return {};
    const QList<int> rows = machineRows(index);
    const int running = int(std::count_if(rows.begin(), rows.end(), [this](int row) {
        return isLive(m_machines.state(m_machines.index(row)));
    }));
    if (role == CountRole)
        return int(rows.size());
    if (role == RunningRole)
        return running;
    if (role == Qt::ToolTipRole)
        return tr("%1\nMachines: %2, running: %3")
            .arg(node->path.mid(1))
            .arg(rows.size())
            .arg(running);
    //: Read aloud for a group of machines
    return tr("Group %1, machines: %2, running: %3")
        .arg(groups::nameOf(node->path))
        .arg(rows.size())
        .arg(running);
}

Qt::ItemFlags MachineTreeModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::ItemIsDropEnabled;
    const Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled;
    return nodeOf(index)->isGroup() ? flags | Qt::ItemIsDropEnabled
                                    : flags | Qt::ItemNeverHasChildren;
}

Qt::DropActions MachineTreeModel::supportedDropActions() const
{
    return Qt::MoveAction;
}

QStringList MachineTreeModel::mimeTypes() const
{
    return {QLatin1String(MimeType)};
}

QMimeData *MachineTreeModel::mimeData(const QModelIndexList &indexes) const
{
    QStringList keys;
    for (const QModelIndex &index : indexes)
        keys.append(key(index));
    auto *data = new QMimeData;
    data->setData(QLatin1String(MimeType), keys.join(u'\n').toUtf8());
    return data;
}

bool MachineTreeModel::canDropMimeData(const QMimeData *data, Qt::DropAction action, int, int,
                                       const QModelIndex &parent) const
{
    // A place among what a search left over is no place.
    if (action != Qt::MoveAction || !data->hasFormat(QLatin1String(MimeType)) || !m_words.isEmpty())
        return false;
    const QStringList keys =
        QString::fromUtf8(data->data(QLatin1String(MimeType))).split(u'\n', Qt::SkipEmptyParts);
    const QString target = group(parent);
    // A group cannot go into itself.
    return std::none_of(keys.begin(), keys.end(), [&target](const QString &key) {
        return key.startsWith(u'/') && groups::isInside(target, key);
    });
}

bool MachineTreeModel::dropMimeData(const QMimeData *data, Qt::DropAction action, int row,
                                    int column, const QModelIndex &parent)
{
    if (!canDropMimeData(data, action, row, column, parent))
        return false;
    const QStringList keys =
        QString::fromUtf8(data->data(QLatin1String(MimeType))).split(u'\n', Qt::SkipEmptyParts);
    emit dropped(keys, group(parent), key(index(row, 0, parent)));
    return true;
}

} // namespace ui
