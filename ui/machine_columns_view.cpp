// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_columns_view.h"

#include "ui/machine_list_model.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QMenu>

namespace ui {

MachineColumnsView::MachineColumnsView(QWidget *parent)
    : QTreeView(parent)
{
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setAlternatingRowColors(true);
    setSortingEnabled(true);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setContextMenuPolicy(Qt::CustomContextMenu);
    header()->setSectionsMovable(true);
    header()->setContextMenuPolicy(Qt::CustomContextMenu);
    header()->setStretchLastSection(true);
    header()->setAccessibleName(tr("Columns"));
    connect(header(), &QWidget::customContextMenuRequested, this,
            [this](const QPoint &place) { showHeaderMenu(header()->mapToGlobal(place)); });
    const auto changed = [this] {
        if (!m_isRestoring)
            emit columnsChanged();
    };
    connect(header(), &QHeaderView::sectionMoved, this, changed);
    connect(header(), &QHeaderView::sectionResized, this, changed);
    connect(header(), &QHeaderView::sortIndicatorChanged, this, changed);
}

void MachineColumnsView::setModel(QAbstractItemModel *model)
{
    m_isRestoring = true;
    QTreeView::setModel(model);
    const int letter = fontMetrics().averageCharWidth();
    const int widths[] = {26, 14, 26, 12, 10, 12, 18, 14};
    for (int column = 0; column < MachineListModel::ColumnCount; ++column)
        header()->resizeSection(column, letter * widths[column]);
    sortByColumn(MachineListModel::Name, Qt::AscendingOrder);
    m_isRestoring = false;
}

void MachineColumnsView::restore(const QByteArray &state)
{
    m_isRestoring = true;
    if (!state.isEmpty())
        header()->restoreState(state);
    // What a newer or damaged state may say: the name stays in sight.
    header()->setSectionHidden(MachineListModel::Name, false);
    m_isRestoring = false;
}

QByteArray MachineColumnsView::state() const
{
    return header()->saveState();
}

void MachineColumnsView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

void MachineColumnsView::showHeaderMenu(const QPoint &place)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("columnsMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < MachineListModel::ColumnCount; ++column) {
        QAction *action = menu->addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!header()->isSectionHidden(column));
        action->setEnabled(column != MachineListModel::Name); // without it nobody knows the row
        connect(action, &QAction::toggled, this, [this, column](bool isShown) {
            header()->setSectionHidden(column, !isShown);
            if (isShown && header()->sectionSize(column) < 20)
                header()->resizeSection(column, fontMetrics().averageCharWidth() * 14);
            emit columnsChanged();
        });
    }
    menu->popup(place);
}

void MachineColumnsView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (currentIndex().isValid() && !event->isAutoRepeat())
            emit rowChosen(currentIndex());
        event->accept();
        return;
    }
    QTreeView::keyPressEvent(event);
}

void MachineColumnsView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index.isValid())
        emit rowChosen(index);
    else
        QTreeView::mouseDoubleClickEvent(event);
}

void MachineColumnsView::paintEvent(QPaintEvent *event)
{
    QTreeView::paintEvent(event);
    if (m_emptyText.isEmpty() || (model() && model()->rowCount() > 0))
        return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(viewport()->rect().adjusted(8, 8, -8, -8),
                     int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_emptyText);
}

} // namespace ui
