// SPDX-License-Identifier: GPL-3.0-or-later
// The machine window's menus, once, for the menu bar, the pop-up menu (Host+Home) and the mini tool
// bar.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtCore/QList>
#include <QtCore/QObject>

class QAction;
class QMenu;
class QMenuBar;
class QWidget;

namespace ui {

class AudioMenu;
class ConsoleActions;
class ConsoleCommands;
class FullScreenMenu;
class MediumMenu;
class SharingMenu;
class NetworkMenu;
class FolderMenu;
class UsbMenu;
class ZoomMenu;

class ConsoleMenus final : public QObject
{
    Q_OBJECT
public:
    ConsoleMenus(ConsoleActions &actions, ConsoleCommands &commands, QWidget &window);

    void fill(QMenuBar &menuBar) const;
    void setStatus(const engine::MachineStatus &status);

    QMenu &popUpMenu() const { return *m_popUpMenu; } // all menus as submenus
    MediumMenu &opticalMenu() const { return *m_opticalMenu; }
    MediumMenu &floppyMenu() const { return *m_floppyMenu; }
    NetworkMenu &networkMenu() const { return *m_networkMenu; }
    AudioMenu &audioMenu() const { return *m_audioMenu; }
    SharingMenu &clipboardMenu() const { return *m_clipboardMenu; }
    SharingMenu &dragAndDropMenu() const { return *m_dragAndDropMenu; }
    QMenu &viewMenu() const { return *m_viewMenu; }
    ZoomMenu &zoomMenu() const { return *m_zoomMenu; }
    FullScreenMenu &fullScreenMenu() const { return *m_fullScreenMenu; }

signals:
    void menuOpened(); // the guest must let go of the keyboard
    void menuClosed(); // though another one may be about to open

private:
    QMenu *addMenu(const QString &name, const QString &title);
    void buildMachineMenu();
    void buildViewMenu();
    void buildInputMenu();
    void fillSavedKeys();
    void buildDevicesMenu(ConsoleCommands &commands);
    void buildHelpMenu();

    ConsoleActions &m_actions;
    QWidget &m_window;
    QList<QMenu *> m_menus;
    QMenu *m_popUpMenu = nullptr;
    QMenu *m_viewMenu = nullptr;
    ZoomMenu *m_zoomMenu = nullptr;
    FullScreenMenu *m_fullScreenMenu = nullptr;
    QMenu *m_savedKeysMenu = nullptr;
    MediumMenu *m_opticalMenu = nullptr;
    MediumMenu *m_floppyMenu = nullptr;
    NetworkMenu *m_networkMenu = nullptr;
    AudioMenu *m_audioMenu = nullptr;
    UsbMenu *m_usbMenu = nullptr;
    SharingMenu *m_clipboardMenu = nullptr;
    SharingMenu *m_dragAndDropMenu = nullptr;
    QAction *m_serialPorts = nullptr;
    FolderMenu *m_folderMenu = nullptr;
    QAction *m_guestTools = nullptr;
};

} // namespace ui
