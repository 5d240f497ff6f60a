// SPDX-License-Identifier: GPL-3.0-or-later
// The machines as a table: one line each, sorted by any column; the header's menu shows and hides
// columns.
#pragma once

#include <QtWidgets/QTreeView>

namespace ui {

class MachineColumnsView final : public QTreeView
{
    Q_OBJECT
public:
    explicit MachineColumnsView(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    void restore(const QByteArray &state);
    QByteArray state() const;
    void setEmptyText(const QString &text);

signals:
    void rowChosen(const QModelIndex &index);
    void columnsChanged(); // moved, resized, sorted, shown or hidden

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void showHeaderMenu(const QPoint &place);

    QString m_emptyText;
    bool m_isRestoring = false;
};

} // namespace ui
