// SPDX-License-Identifier: GPL-3.0-or-later
// One column of the USB window: devices in rows, with what an empty list means written into it.
// A row is moved by double-click, Enter or dragging it to the other column; what that means is for
// the window to say.
#pragma once

#include "ui/usb_board.h"

#include <QtWidgets/QTreeWidget>

namespace ui {

class UsbDeviceList final : public QTreeWidget
{
    Q_OBJECT
public:
    enum Column { Name, Speed, State, Columns };

    enum class Side { Host, Guest }; // in the guest's column a device's state is no news
    UsbDeviceList(Side side, QWidget *parent);

    // Keeps what is selected while it is there.
    void setPlaces(const QList<UsbBoard::Place> &places);
    void setEmptyText(const QString &text);

    QString selectedKey() const; // UsbBoard::keyOf(); empty: nothing
    bool select(const QString &key);

signals:
    void moveWanted(const QString &key);
    void dropped(const QString &key); // from another list

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void startDrag(Qt::DropActions actions) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    const Side m_side;
    QString m_emptyText;
    bool m_isNameSized = false; // by the user
    bool m_isResizing = true; // not by the user; until it is shown
};

} // namespace ui
