// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_browser.h"

#include "ui/machine_columns_view.h"
#include "ui/machine_list_view.h"
#include "ui/machine_tree_model.h"
#include "ui/manager_state.h"
#include "ui/search_field.h"

#include <QtCore/QItemSelectionModel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace ui {

MachineBrowser::MachineBrowser(MachineListModel &model, ManagerState &state, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_state(state)
    , m_search(new QLineEdit(this))
    , m_tree(new MachineTreeModel(model, state, this))
    , m_list(new MachineListView(this))
    , m_table(new MachineFilterModel(this))
    , m_columns(new MachineColumnsView(this))
    , m_views(new QStackedWidget(this))
{
    m_search->setObjectName(QStringLiteral("search"));
    m_search->setPlaceholderText(tr("Search by name, system or group"));
    m_search->setAccessibleName(tr("Search machines"));
    makeSearchField(*m_search);

    m_list->setObjectName(QStringLiteral("machines"));
    m_columns->setObjectName(QStringLiteral("machineColumns"));
    m_list->setModel(m_tree);
    for (QTreeView *tree : {static_cast<QTreeView *>(m_list), static_cast<QTreeView *>(m_columns)})
        tree->setAccessibleName(tr("Machines"));
    m_list->setEmptyText(tr("No machine matches the search"));
    m_columns->setEmptyText(tr("No machine matches the search"));
    m_views->addWidget(m_list);
    m_views->addWidget(m_columns);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 0, 0);
    layout->addWidget(m_search);
    layout->addWidget(m_views, 1);
    restoreFolding();

    connect(m_tree, &QAbstractItemModel::modelAboutToBeReset, this, &MachineBrowser::keepSelection);
    connect(m_tree, &QAbstractItemModel::modelReset, this, [this] {
        restoreFolding();
        restoreSelection();
    });
    connect(m_tree, &MachineTreeModel::dropped, this, &MachineBrowser::dropped,
            Qt::QueuedConnection); // not from inside the view's drop
    connect(m_list, &QTreeView::collapsed, this, [this](const QModelIndex &index) {
        if (m_isRestoring || !m_search->text().isEmpty())
            return;
        m_state.collapsed.insert(m_tree->group(index));
        m_state.save();
    });
    connect(m_list, &QTreeView::expanded, this, [this](const QModelIndex &index) {
        if (!m_isRestoring && m_state.collapsed.remove(m_tree->group(index)))
            m_state.save();
    });
    connect(m_list, &MachineListView::rowChosen, this, &MachineBrowser::rowChosen);
    connect(m_columns, &MachineColumnsView::rowChosen, this, &MachineBrowser::rowChosen);
    connect(m_columns, &MachineColumnsView::columnsChanged, this, [this] {
        m_state.columns = m_columns->state();
        m_state.save();
    });
    for (QTreeView *tree :
         {static_cast<QTreeView *>(m_list), static_cast<QTreeView *>(m_columns)}) {
        connect(tree, &QWidget::customContextMenuRequested, this, [this, tree](QPoint place) {
            const bool isOnRow = tree->indexAt(place).isValid();
            emit menuRequested(tree->viewport()->mapToGlobal(place), isOnRow);
        });
    }
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_tree->setSearch(text);
        m_table->setSearch(text);
        if (!view()->currentIndex().isValid())
            selectFirst();
        view()->scrollTo(view()->currentIndex());
    });
    connect(m_search, &QLineEdit::returnPressed, this, &MachineBrowser::focusList);
    watchSelection();
}

MachineBrowser::~MachineBrowser() = default;

void MachineBrowser::watchSelection()
{
    for (QAbstractItemView *each :
         {static_cast<QAbstractItemView *>(m_list), static_cast<QAbstractItemView *>(m_columns)}) {
        if (!each->selectionModel())
            continue;
        connect(each->selectionModel(), &QItemSelectionModel::currentChanged, this,
                &MachineBrowser::selectionChanged, Qt::UniqueConnection);
        connect(each->selectionModel(), &QItemSelectionModel::selectionChanged, this,
                &MachineBrowser::selectionChanged, Qt::UniqueConnection);
    }
}

QAbstractItemView *MachineBrowser::view() const
{
    return m_views->currentWidget() == m_columns ? static_cast<QAbstractItemView *>(m_columns)
                                                 : static_cast<QAbstractItemView *>(m_list);
}

QModelIndex MachineBrowser::current() const
{
    if (view() == m_columns)
        return m_table->mapToSource(m_columns->currentIndex()).siblingAtColumn(0);
    return m_tree->machineIndex(m_list->currentIndex());
}

QString MachineBrowser::currentGroup() const
{
    const QModelIndex index = m_list->currentIndex();
    return view() == m_list && m_tree->isGroup(index) ? m_tree->group(index) : QString();
}

QList<int> MachineBrowser::selectedRows() const
{
    QList<int> rows;
    if (view() == m_columns) {
        QModelIndexList selected = m_columns->selectionModel()->selectedRows();
        std::sort(selected.begin(), selected.end());
        for (const QModelIndex &index : std::as_const(selected))
            rows.append(m_table->mapToSource(index).row());
        return rows;
    }
    QSet<int> chosen;
    for (const QModelIndex &index : m_list->selectionModel()->selectedRows()) {
        for (const int row : m_tree->machineRows(index))
            chosen.insert(row);
    }
    if (chosen.isEmpty())
        return rows;
    for (const int row : m_tree->machineRows({})) {
        if (chosen.contains(row))
            rows.append(row);
    }
    return rows;
}

QStringList MachineBrowser::selectedGroups() const
{
    QStringList selected;
    if (view() == m_columns)
        return selected;
    for (const QModelIndex &index : m_list->selectionModel()->selectedRows()) {
        if (m_tree->isGroup(index))
            selected.append(m_tree->group(index));
    }
    return selected;
}

QStringList MachineBrowser::groups() const
{
    return m_tree->groups();
}

QStringList MachineBrowser::keysInGroup(const QString &group) const
{
    const QModelIndex parent = m_tree->indexOfGroup(group);
    QStringList keys;
    for (int row = 0; row < m_tree->rowCount(parent); ++row)
        keys.append(m_tree->key(m_tree->index(row, 0, parent)));
    return keys;
}

void MachineBrowser::select(const QString &folder)
{
    if (!m_tree->indexOfFolder(folder).isValid() && !m_search->text().isEmpty())
        m_search->clear();
    const QModelIndex inTree = m_tree->indexOfFolder(folder);
    if (!inTree.isValid())
        return;
    for (QModelIndex above = inTree.parent(); above.isValid(); above = above.parent())
        m_list->expand(above);
    const QModelIndex index =
        view() == m_columns ? m_table->mapFromSource(m_model.indexOf(folder)) : inTree;
    view()->selectionModel()->setCurrentIndex(
        index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    view()->scrollTo(index);
}

void MachineBrowser::selectGroup(const QString &group)
{
    const QModelIndex index = m_tree->indexOfGroup(group);
    if (view() != m_list || !index.isValid())
        return;
    m_list->setCurrentIndex(index);
    m_list->scrollTo(index);
}

void MachineBrowser::selectFirst()
{
    // The first machine: a group tells less.
    if (view() == m_columns) {
        m_columns->setCurrentIndex(m_table->index(0, 0));
        return;
    }
    for (const int row : m_tree->machineRows({})) {
        const QModelIndex index =
            m_tree->indexOfFolder(m_model.index(row).data(MachineListModel::FolderRole).toString());
        // Not one that is folded away, unless all are.
        bool isShown = true;
        for (QModelIndex above = index.parent(); above.isValid(); above = above.parent())
            isShown = isShown && m_list->isExpanded(above);
        if (isShown)
            return m_list->setCurrentIndex(index);
    }
    m_list->setCurrentIndex(m_tree->index(0));
}

bool MachineBrowser::isEmpty() const
{
    return m_tree->rowCount() == 0;
}

void MachineBrowser::setColumns(bool columns)
{
    if ((view() == m_columns) == columns)
        return;
    const QString folder = current().data(MachineListModel::FolderRole).toString();
    if (columns && !m_columns->model()) {
        // Not before somebody wants it: sorting and measuring a thousand rows takes its time.
        m_table->setSourceModel(&m_model);
        m_columns->setModel(m_table);
        m_columns->restore(m_state.columns);
        watchSelection();
    }
    const bool hadFocus = view()->hasFocus();
    m_views->setCurrentWidget(columns ? static_cast<QWidget *>(m_columns)
                                      : static_cast<QWidget *>(m_list));
    m_model.setDiskSizesWanted(columns);
    if (folder.isEmpty())
        selectFirst();
    else
        select(folder);
    if (hadFocus)
        focusList();
    emit selectionChanged();
}

void MachineBrowser::orderChanged()
{
    m_tree->rebuild();
}

void MachineBrowser::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void MachineBrowser::focusList()
{
    view()->setFocus();
}

void MachineBrowser::keepSelection()
{
    m_keptFolders.clear();
    m_keptGroups.clear();
    m_keptFolder.clear();
    m_keptGroup.clear();
    const auto keep = [this](const QModelIndex &index, QString &folder, QString &group) {
        if (m_tree->isGroup(index))
            group = m_tree->group(index);
        else
            folder = index.data(MachineListModel::FolderRole).toString();
    };
    keep(m_list->currentIndex(), m_keptFolder, m_keptGroup);
    m_keptPlace = 0;
    for (QModelIndex index = m_list->currentIndex(); index.isValid();
         index = m_list->indexAbove(index))
        ++m_keptPlace;
    for (const QModelIndex &index : m_list->selectionModel()->selectedRows()) {
        QString folder;
        QString group;
        keep(index, folder, group);
        if (!folder.isEmpty())
            m_keptFolders.append(folder);
        if (!group.isEmpty())
            m_keptGroups.append(group);
    }
}

void MachineBrowser::restoreSelection()
{
    QItemSelection selection;
    for (const QString &folder : std::as_const(m_keptFolders)) {
        if (const QModelIndex index = m_tree->indexOfFolder(folder); index.isValid())
            selection.select(index, index);
    }
    for (const QString &group : std::as_const(m_keptGroups)) {
        if (const QModelIndex index = m_tree->indexOfGroup(group); index.isValid())
            selection.select(index, index);
    }
    const QModelIndex current = m_keptGroup.isEmpty() ? m_tree->indexOfFolder(m_keptFolder)
                                                      : m_tree->indexOfGroup(m_keptGroup);
    if (current.isValid()) {
        m_list->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
        m_list->selectionModel()->select(
            selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    } else if (!selection.isEmpty()) {
        m_list->setCurrentIndex(selection.indexes().first());
    } else if (m_keptPlace == 0) {
        selectFirst();
    } else {
        // What took the place of the one that went, or the last one.
        QModelIndex next = m_tree->index(0);
        for (qsizetype place = 1; place < m_keptPlace; ++place) {
            const QModelIndex below = m_list->indexBelow(next);
            if (!below.isValid())
                break;
            next = below;
        }
        m_list->setCurrentIndex(next);
    }
    emit selectionChanged();
}

void MachineBrowser::restoreFolding()
{
    m_isRestoring = true;
    m_list->expandAll();
    // What a search finds is shown wherever it is.
    if (m_search->text().isEmpty()) {
        for (const QString &group : std::as_const(m_state.collapsed)) {
            if (const QModelIndex index = m_tree->indexOfGroup(group); index.isValid())
                m_list->collapse(index);
        }
    }
    m_isRestoring = false;
}

} // namespace ui
