// SPDX-License-Identifier: GPL-3.0-or-later
// The manager's icon among those of the desktop's tray, where the user wants one
// (Preferences::isTrayIconShown). Where the desktop has no tray nothing is shown; when one comes
// up later the icon comes with it.
//
// Main thread only.
#pragma once

#include "engine/machine/preferences.h"

#include <QtCore/QObject>
#include <QtCore/QUuid>

#include <memory>

class QSystemTrayIcon;

namespace ui {

class ManagerWindow;
class TrayMenu;

class TrayIcon final : public QObject
{
    Q_OBJECT
public:
    // `window` outlives it.
    explicit TrayIcon(ManagerWindow &window, QObject *parent = nullptr);
    ~TrayIcon() override;

    // Somebody can reach the program by it when no window is open.
    bool isReachable() const;

signals:
    void managerWanted();
    void showWanted(const QUuid &machine);
    void quitWanted();

private:
    void applyPreference();
    void updateToolTip();

    ManagerWindow &m_window;
    engine::PreferencesWatcher m_preferences;
    std::unique_ptr<TrayMenu> m_menu;
    std::unique_ptr<QSystemTrayIcon> m_icon; // goes first: it uses the menu
};

} // namespace ui
