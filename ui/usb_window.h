// SPDX-License-Identifier: GPL-3.0-or-later
// USB devices in two columns: this computer's, and those of a guest that runs. Devices are moved
// by button, Enter, double-click or dragging, and a device can be promised to a machine for good.
// Follows what is plugged in and what machines have, by whomever.
//
// Main thread only.
#pragma once

#include "ui/usb_board.h"

#include <QtWidgets/QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;

namespace engine {
class ControlClient;
}

namespace ui {

class UsbDeviceList;
class UsbMover;

class UsbWindow final : public QDialog
{
    Q_OBJECT
public:
    // `board` outlives the window.
    UsbWindow(UsbBoard &board, QWidget *parent);

    // This machine's column, also when it can be given nothing; the reason stands there then.
    void choose(const QUuid &machine);
    // All that it needs, for a window of one machine.
    static UsbWindow *openFor(const QUuid &machine, QWidget *parent);

private:
    void follow();
    void fillGuests();
    void showPlaces();
    void updateButtons();
    void showAlways();
    void say(const QString &text);
    void give(const QString &key);
    void takeBack(const QString &key);
    void setAlways(bool isGiven);
    void watchChosen();
    QUuid chosen() const;
    const UsbBoard::Place *selected() const; // in whichever column
    engine::ControlClient *client(const QUuid &machine) const;

    UsbBoard &m_board;
    UsbMover *m_mover;
    UsbDeviceList *m_host;
    UsbDeviceList *m_guest;
    QComboBox *m_guests;
    QPushButton *m_give;
    QPushButton *m_takeBack;
    QCheckBox *m_always;
    QLabel *m_facts;
    QLabel *m_message;
    QUuid m_wanted; // chosen by whoever opened the window
    QMetaObject::Connection m_notices;
};

} // namespace ui
