// SPDX-License-Identifier: GPL-3.0-or-later
// The window of one of a machine's further monitors: the guest's picture on it and nothing around
// it. Commands are the machine window's: by host chords, and by the pop-up menu (Host+Home).
//
// Its closing asks for the monitor to be unplugged; it goes when the machine says that it is.
#pragma once

#include "ui/console_display.h"
#include "ui/guest_resizer.h"
#include "ui/preferences.h"
#include "ui/screen_scale.h"

#include <QtCore/QUuid>
#include <QtWidgets/QWidget>

#include <memory>

class QMenu;

namespace display {
class FrameView;
}

namespace ui {

class ConsoleActions;
class ConsoleScreen;

class MonitorWindow final : public QWidget
{
    Q_OBJECT
public:
    // Monitors count from 0, for which there is the machine window.
    MonitorWindow(int monitor, ConsoleActions &actions, QMenu &popUpMenu);
    ~MonitorWindow() override;

    int monitor() const { return m_monitor; }
    display::FrameView &view() const;

    void setStatus(const engine::MachineStatus &status);
    void setPreferences(const Preferences &preferences);
    void setScale(const ScreenScale &scale);
    void setAutoResize(bool isOn); // the guest's picture follows the window
    // Shows the window with this; nullptr: hides it.
    void setSession(std::unique_ptr<display::DisplaySession> session);
    bool hasSession() const { return m_session != nullptr; }
    bool isSession(const display::DisplaySession *session) const
    {
        return session == m_session.get();
    }
    // Fills the screen; nullptr: an ordinary window again.
    void fillScreen(QScreen *screen);

signals:
    void unplugWanted();
    void hostKeyChord(int qtKey);
    void captureFailed(const QString &reason);
    void activationChanged();

protected:
    void closeEvent(QCloseEvent *event) override;
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateResizer();
    void fitToGuest();
    void restorePlace();
    void savePlace() const;

    const int m_monitor;
    ConsoleScreen *m_screen;
    std::unique_ptr<display::DisplaySession> m_session;
    GuestResizer m_resizer;
    QUuid m_machine;
    bool m_isAutoResizeOn = false;
    bool m_isPlaced = false; // where it was the last time
    QRect m_placeBefore; // it filled a screen
};

} // namespace ui
