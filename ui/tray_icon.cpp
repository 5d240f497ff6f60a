// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tray_icon.h"

#include "ui/icons.h"
#include "ui/manager_window.h"
#include "ui/tray_menu.h"
#include "ui/usb_board.h"

#include <QtWidgets/QSystemTrayIcon>

namespace ui {

TrayIcon::TrayIcon(ManagerWindow &window, QObject *parent)
    : QObject(parent)
    , m_window(window)
{
    connect(&m_preferences, &engine::PreferencesWatcher::changed, this, &TrayIcon::applyPreference);
    applyPreference();
}

TrayIcon::~TrayIcon() = default;

bool TrayIcon::isReachable() const
{
    return m_icon && QSystemTrayIcon::isSystemTrayAvailable();
}

void TrayIcon::applyPreference()
{
    const bool isWanted = engine::Preferences::load().isTrayIconShown;
    if (isWanted == (m_icon != nullptr))
        return;
    if (!isWanted) {
        m_icon.reset();
        m_menu.reset();
        return;
    }
    m_menu = std::make_unique<TrayMenu>(m_window.usbBoard(), m_window);
    m_icon = std::make_unique<QSystemTrayIcon>(applicationIcon(), this);
    m_icon->setObjectName(QStringLiteral("trayIcon"));
    m_icon->setContextMenu(m_menu.get());
    connect(m_icon.get(), &QSystemTrayIcon::activated, this,
            [this](QSystemTrayIcon::ActivationReason reason) {
                if (reason == QSystemTrayIcon::Trigger)
                    emit managerWanted();
            });
    connect(m_menu.get(), &TrayMenu::managerWanted, this, &TrayIcon::managerWanted);
    connect(m_menu.get(), &TrayMenu::usbDevicesWanted, &m_window, &ManagerWindow::showUsbDevices);
    connect(m_menu.get(), &TrayMenu::showWanted, this, &TrayIcon::showWanted);
    connect(m_menu.get(), &TrayMenu::quitWanted, this, &TrayIcon::quitWanted);
    connect(m_menu.get(), &TrayMenu::changed, this, &TrayIcon::updateToolTip);
    updateToolTip();
    m_icon->show();
}

void TrayIcon::updateToolTip()
{
    const int running = int(m_window.usbBoard().machines().size());
    m_icon->setToolTip(running == 0 ? tr("Vitrine")
                                    //: The tray icon's tip
                                    : tr("Vitrine: %n machine(s) running", nullptr, running));
}

} // namespace ui
