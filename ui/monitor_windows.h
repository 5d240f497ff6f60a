// SPDX-License-Identifier: GPL-3.0-or-later
// The windows of a machine's further monitors, one for each that is plugged in, beside the machine
// window and while that one has the picture: View ▸ Virtual Screen N, and full screen on as many
// screens of this computer as there are. A machine with one monitor has none of it.
#pragma once

#include "ui/console_display.h"
#include "ui/preferences.h"
#include "ui/screen_scale.h"

#include <QtCore/QObject>

#include <map>
#include <memory>

class QAction;
class QMenu;
class QScreen;

namespace ui {

class ConsoleActions;
class MonitorWindow;

class MonitorWindows final : public QObject
{
    Q_OBJECT
public:
    // All live longer. `viewMenu` gets a submenu for each monitor.
    MonitorWindows(engine::ControlClient &client, ConsoleActions &actions, QMenu &popUpMenu,
                   QMenu &viewMenu, OpenDisplay open);
    ~MonitorWindows() override;

    void setStatus(const engine::MachineStatus &status);
    void setWanted(bool isWanted); // the machine window has the picture
    void setPreferences(const Preferences &preferences);
    void setScale(const ScreenScale &scale);
    void setAutoResize(bool isOn);
    // nullptr: ordinary windows again. Where this computer has no screen left a window stays one.
    void setFullScreen(const QScreen *ofMachineWindow);
    bool hasActiveWindow() const;
    void releaseCapture();

signals:
    void hostKeyChord(int qtKey);
    void captureFailed(const QString &reason);
    void activationChanged();
    void said(const QString &message);

private:
    void update();
    void open(MonitorWindow &window);
    MonitorWindow &window(int monitor);
    void spreadOverScreens();
    void updateMenus();
    void plug(int monitor, bool isPluggedIn);

    engine::ControlClient &m_client;
    ConsoleActions &m_actions;
    QMenu &m_popUpMenu;
    QMenu &m_viewMenu;
    const OpenDisplay m_open;
    engine::MachineStatus m_status;
    Preferences m_preferences;
    ScreenScale m_scale;
    const QScreen *m_machineScreen = nullptr; // while full screen
    bool m_isWanted = false;
    bool m_isAutoResizeOn = false;
    std::map<int, std::unique_ptr<MonitorWindow>> m_windows; // by monitor
    std::map<int, QAction *> m_switches; // Virtual Screen N ▸ Enable
};

} // namespace ui
