// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of the manager's tray icon: the manager, the machines that run, and where each USB
// device is. Made anew when something changed, but not under the user's pointer.
//
// Main thread only.
#pragma once

#include "ui/usb_board.h"

#include <QtWidgets/QMenu>

namespace engine {
struct MachineStatus;
}

namespace ui {

class UsbMover;

class TrayMenu final : public QMenu
{
    Q_OBJECT
public:
    // `board` outlives it. Questions and errors belong to `window`.
    TrayMenu(UsbBoard &board, QWidget &window);

signals:
    void managerWanted();
    void usbDevicesWanted();
    void showWanted(const QUuid &machine);
    void quitWanted();
    void changed();

private:
    void follow();
    void rebuild();
    void addMachine(const UsbBoard::Machine &machine);
    void addDevices();
    void addDevice(QMenu &menu, const UsbBoard::Place &place);
    void command(const QUuid &machine, const QString &method, const QString &asked);

    UsbBoard &m_board;
    QWidget &m_window;
    UsbMover *m_mover;
    bool m_isDue = false;
};

} // namespace ui
