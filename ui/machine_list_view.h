// SPDX-License-Identifier: GPL-3.0-or-later
// The list at the manager's left: groups with a line that folds them, and one painted row a
// machine, with the system's tile, name, state and, while it runs, a live picture.
#pragma once

#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QTreeView>

namespace ui {

class MachineDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    // Groups inside groups, and what is in them, begin farther in.
    static int indentation(const QModelIndex &index);

private:
    struct Heights
    {
        int group = 0;
        int machine = 0;
    };
    Heights heights(const QFont &font) const;

    mutable QFont m_font; // that the heights were measured for
    mutable Heights m_heights;
    void paintGroup(QPainter *painter, const QStyleOptionViewItem &item,
                    const QModelIndex &index) const;
    void paintMachine(QPainter *painter, const QStyleOptionViewItem &item,
                      const QModelIndex &index) const;
};

class MachineListView final : public QTreeView
{
    Q_OBJECT
public:
    explicit MachineListView(QWidget *parent = nullptr);

    // Shown in the middle while there are no rows.
    void setEmptyText(const QString &text);

signals:
    // Enter or a double click on a machine, whatever the desktop's click policy: a machine must not
    // start because somebody looked at it.
    void rowChosen(const QModelIndex &index);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void drawBranches(QPainter *painter, const QRect &rect,
                      const QModelIndex &index) const override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;

private:
    bool isGroup(const QModelIndex &index) const;
    void toggle(const QModelIndex &index);

    QString m_emptyText;
};

} // namespace ui
