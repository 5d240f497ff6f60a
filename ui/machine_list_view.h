// SPDX-License-Identifier: GPL-3.0-or-later
// The list at the manager's left: one painted row a machine, with the system's tile, name, state
// and, while it runs, a live picture.
#pragma once

#include <QtWidgets/QListView>
#include <QtWidgets/QStyledItemDelegate>

namespace ui {

class MachineDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

class MachineListView final : public QListView
{
    Q_OBJECT
public:
    explicit MachineListView(QWidget *parent = nullptr);

    // Shown in the middle while there are no rows.
    void setEmptyText(const QString &text);

signals:
    // Enter or a double click, whatever the desktop's click policy: a machine must not start
    // because somebody looked at it.
    void rowChosen(const QModelIndex &index);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_emptyText;
};

} // namespace ui
