// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console_menus.h"

#include "engine/drivers/serial_socket.h"
#include "ui/audio_menu.h"
#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/device_menus.h"
#include "ui/folder_menu.h"
#include "ui/full_screen_menu.h"
#include "ui/icons.h"
#include "ui/serial_window.h"
#include "ui/sharing_menu.h"
#include "ui/usb_menu.h"
#include "ui/zoom_menu.h"

#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>

#include <algorithm>

namespace ui {

ConsoleMenus::ConsoleMenus(ConsoleActions &actions, ConsoleCommands &commands, QWidget &window)
    : m_actions(actions)
    , m_window(window)
{
    buildMachineMenu();
    buildViewMenu();
    buildInputMenu();
    buildDevicesMenu(commands);
    buildHelpMenu();

    m_popUpMenu = new QMenu(&m_window);
    m_popUpMenu->setObjectName(QStringLiteral("popUpMenu"));
    for (QMenu *menu : std::as_const(m_menus))
        m_popUpMenu->addMenu(menu);
    connect(m_popUpMenu, &QMenu::aboutToShow, this, &ConsoleMenus::menuOpened);
}

QMenu *ConsoleMenus::addMenu(const QString &name, const QString &title)
{
    auto *menu = new QMenu(title, &m_window);
    menu->setObjectName(name);
    menu->setToolTipsVisible(true);
    connect(menu, &QMenu::aboutToShow, this, &ConsoleMenus::menuOpened);
    connect(menu, &QMenu::aboutToHide, this, &ConsoleMenus::menuClosed);
    m_menus.append(menu);
    return menu;
}

void ConsoleMenus::fill(QMenuBar &menuBar) const
{
    for (QMenu *menu : m_menus)
        menuBar.addMenu(menu);
}

void ConsoleMenus::buildMachineMenu()
{
    QMenu *menu = addMenu(QStringLiteral("machineMenu"), tr("&Machine"));
    menu->addAction(m_actions.action(Command::Settings));
    menu->addAction(m_actions.action(Command::SessionInformation));
    menu->addAction(m_actions.action(Command::ShowActivity));
    menu->addAction(m_actions.action(Command::FileManager));
    menu->addAction(m_actions.action(Command::ShowLog));
    menu->addSeparator();
    menu->addAction(m_actions.action(Command::Pause));
    menu->addAction(m_actions.action(Command::Reset));
    menu->addAction(m_actions.action(Command::SaveState));
    menu->addAction(m_actions.action(Command::PowerButton));
    menu->addAction(m_actions.action(Command::PowerOff));
    menu->addSeparator();
    menu->addAction(m_actions.action(Command::Background));
    menu->addAction(m_actions.action(Command::Close));
}

void ConsoleMenus::buildViewMenu()
{
    QMenu *menu = addMenu(QStringLiteral("viewMenu"), tr("&View"));
    m_viewMenu = menu;
    m_fullScreenMenu = new FullScreenMenu(&m_window);
    m_zoomMenu = new ZoomMenu(m_actions, &m_window);
    menu->addAction(m_actions.action(Command::FullScreen));
    menu->addMenu(m_fullScreenMenu);
    menu->addSeparator();
    menu->addAction(m_actions.action(Command::ScaledMode));
    menu->addMenu(m_zoomMenu);
    menu->addSeparator();
    menu->addAction(m_actions.action(Command::AutoResize));
    menu->addAction(m_actions.action(Command::FitWindow));
    menu->addAction(m_actions.action(Command::Minimize));
    menu->addSeparator();
    menu->addAction(m_actions.action(Command::Screenshot));
    menu->addAction(m_actions.action(Command::Record));
    menu->addSeparator();
    menu->addAction(m_actions.action(Command::ShowMenuBar));
    menu->addAction(m_actions.action(Command::ShowStatusBar));
    menu->addAction(m_actions.action(Command::ShowMiniToolBar));
    menu->addAction(m_actions.action(Command::PopUpMenu));
}

void ConsoleMenus::buildInputMenu()
{
    QMenu *menu = addMenu(QStringLiteral("inputMenu"), tr("&Input"));
    menu->addAction(m_actions.action(Command::CaptureKeyboard));
    menu->addAction(m_actions.action(Command::CapturePointer));
    menu->addAction(m_actions.action(Command::TypeClipboard));
    menu->addAction(m_actions.action(Command::SoftKeyboard));
    menu->addSeparator();
    menu->addActions(m_actions.guestKeyActions());
    QMenu *consoles = menu->addMenu(tr("Insert Ctrl+Alt+&F1 to F12"));
    consoles->setObjectName(QStringLiteral("consoleKeysMenu"));
    consoles->setToolTipsVisible(true);
    consoles->addActions(m_actions.guestConsoleActions());
    QMenu *rescue = menu->addMenu(tr("Insert Alt+S&ysRq and a Letter"));
    rescue->setObjectName(QStringLiteral("rescueKeysMenu"));
    rescue->setToolTipsVisible(true);
    rescue->addActions(m_actions.guestRescueActions());
    m_savedKeysMenu = menu->addMenu(tr("Insert Your O&wn Keys"));
    m_savedKeysMenu->setObjectName(QStringLiteral("savedKeysMenu"));
    m_savedKeysMenu->setToolTipsVisible(true);
    connect(&m_actions, &ConsoleActions::savedKeysChanged, this, &ConsoleMenus::fillSavedKeys);
    fillSavedKeys();
    menu->addSeparator();
    menu->addAction(m_actions.action(Command::Preferences));
}

void ConsoleMenus::fillSavedKeys()
{
    m_savedKeysMenu->clear();
    m_savedKeysMenu->addActions(m_actions.savedKeyActions());
    m_savedKeysMenu->menuAction()->setVisible(!m_savedKeysMenu->isEmpty());
}

void ConsoleMenus::buildDevicesMenu(ConsoleCommands &commands)
{
    QMenu *menu = addMenu(QStringLiteral("devicesMenu"), tr("&Devices"));
    m_opticalMenu = new MediumMenu(engine::MediumKind::Optical, commands, &m_window);
    m_floppyMenu = new MediumMenu(engine::MediumKind::Floppy, commands, &m_window);
    m_networkMenu = new NetworkMenu(commands, &m_window);
    menu->addMenu(m_opticalMenu);
    menu->addMenu(m_floppyMenu);
    m_audioMenu = new AudioMenu(commands, &m_window);
    menu->addMenu(m_audioMenu);
    connect(m_audioMenu, &QMenu::aboutToShow, this, &ConsoleMenus::menuOpened);
    menu->addMenu(m_networkMenu);
    m_usbMenu = new UsbMenu(commands.client(), commands, &m_window);
    menu->addMenu(m_usbMenu);
    m_folderMenu = new FolderMenu(commands, &m_window);
    menu->addMenu(m_folderMenu);
    m_clipboardMenu = new SharingMenu(Sharing::Clipboard, commands, &m_window);
    m_dragAndDropMenu = new SharingMenu(Sharing::DragAndDrop, commands, &m_window);
    menu->addMenu(m_clipboardMenu);
    menu->addMenu(m_dragAndDropMenu);
    connect(m_clipboardMenu, &QMenu::aboutToShow, this, &ConsoleMenus::menuOpened);
    m_serialPorts = menu->addAction(icon(QStringLiteral("serial-port")), tr("&Serial Ports…"));
    m_serialPorts->setObjectName(QStringLiteral("serialPorts"));
    m_serialPorts->setEnabled(false); // until the machine says that it has one
    connect(m_serialPorts, &QAction::triggered, &commands, &ConsoleCommands::showSerialPorts);
    menu->addSeparator();
    m_guestTools =
        menu->addAction(icon(QStringLiteral("media-optical")), tr("Insert Guest &Tools"));
    m_guestTools->setObjectName(QStringLiteral("insertGuestTools"));
    m_guestTools->setEnabled(false);
    connect(m_guestTools, &QAction::triggered, &commands,
            qOverload<>(&ConsoleCommands::insertGuestTools));
    for (const QMenu *light :
         {static_cast<QMenu *>(m_opticalMenu), static_cast<QMenu *>(m_floppyMenu),
          static_cast<QMenu *>(m_networkMenu)})
        connect(light, &QMenu::aboutToShow, this, &ConsoleMenus::menuOpened);
}

void ConsoleMenus::buildHelpMenu()
{
    QMenu *menu = addMenu(QStringLiteral("helpMenu"), tr("&Help"));
    menu->addAction(m_actions.action(Command::KeyboardHelp));
    menu->addSeparator();
    menu->addAction(m_actions.action(Command::About));
}

void ConsoleMenus::setStatus(const engine::MachineStatus &status)
{
    m_opticalMenu->setStatus(status);
    m_floppyMenu->setStatus(status);
    m_networkMenu->setStatus(status);
    m_audioMenu->setStatus(status);
    m_usbMenu->setStatus(status);
    m_clipboardMenu->setStatus(status);
    m_dragAndDropMenu->setStatus(status);
    m_folderMenu->setStatus(status);
    m_opticalMenu->menuAction()->setEnabled(m_opticalMenu->hasDrives());
    m_opticalMenu->menuAction()->setToolTip(
        m_opticalMenu->hasDrives() ? QString() : tr("This machine has no optical drive."));
    m_floppyMenu->menuAction()->setVisible(m_floppyMenu->hasDrives());
    m_networkMenu->menuAction()->setEnabled(m_networkMenu->hasAdapters());
    m_networkMenu->menuAction()->setToolTip(
        m_networkMenu->hasAdapters() ? QString() : tr("This machine has no network card."));
    const bool hasSerialPorts =
        std::any_of(status.serialPorts.cbegin(), status.serialPorts.cend(), engine::isForWindows);
    m_serialPorts->setEnabled(hasSerialPorts);
    m_serialPorts->setToolTip(hasSerialPorts ? QString() : SerialWindow::whyNoSerialPorts());
    setUsable(m_guestTools,
              m_opticalMenu->hasDrives() ? whyNot(status, engine::Feature::ChangeMedium)
                                         : tr("This machine has no optical drive."));
}

} // namespace ui
