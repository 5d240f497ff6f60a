// SPDX-License-Identifier: GPL-3.0-or-later
// The window of one running machine. It commands the machine through a ControlClient only, inside
// the engine's process too; only the picture comes another way (console_display.h).
//
// It outlives its closing: going to the background hides it, present() brings it back.
#pragma once

#include "engine/control/control_client.h"
#include "ui/console_display.h"
#include "ui/host_screens.h"
#include "ui/preferences.h"
#include "ui/screen_scale.h"
#include "ui/window_look.h"

#include <QtCore/QHash>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QMainWindow>

#include <memory>

namespace display {
class ScreenRecorder;
}

namespace ui {

class CloseDialog;
class ConsoleActions;
class ConsoleCommands;
class ConsoleMenus;
class ConsoleScreen;
class ConsoleStatusBar;
class GuestServices;
class LogWindow;
class MonitorWindows;
class SessionInformation;
class SoftKeyboard;
enum class Command;

class ConsoleWindow final : public QMainWindow
{
    Q_OBJECT
public:
    enum class Place {
        EngineProcess, // closing asks, with nothing taken for granted
        WindowProcess, // attached: closing asks too, but keeps the machine running by default
    };

    // `client` is connecting or connected, and outlives the window. window.attach and
    // window.detach are the window's business, as is the activity subscription.
    ConsoleWindow(engine::ControlClient &client, Place place,
                  OpenDisplay open = display::openDisplay);
    ~ConsoleWindow() override;

    // Shown, unminimized, in front: at once, or as soon as the machine's name is known.
    void present();

signals:
    // Hidden while the machine runs on. A window process ends now.
    void sentToBackground();
    // The machine has ended and the user has read why. Hidden; not to be shown again.
    void finished();
    void preferencesRequested(); // show ui::PreferencesDialog on this window
    void settingsRequested(); // show ui::SettingsDialog of the machine in status().folder

protected:
    void closeEvent(QCloseEvent *event) override;
    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    enum class FitBy { Guest, User };

    void connectClient();
    void connectView();
    void connectScreens();
    void connectMonitors();
    void run(Command command);
    void chordPressed(int qtKey);
    void say(const QString &message);

    void statusChanged(const engine::MachineStatus &status);
    void machineFailed(const engine::Error &error);
    void connectionLost();
    void showProblem(const engine::RunProblem &problem);
    void showFolderTroubles(const engine::MachineStatus &status); // console_folders.cpp
    void showSlowNotice();
    void explainAcceleration();
    void endWith(const QString &asked, const engine::Error &error);
    void finish();

    void fitToGuest(FitBy reason);
    void makeRoomForNotices();
    void keepOnScreen();
    void restorePlace();
    void savePlace() const;
    void setFullScreen(bool isFullScreen);
    void chooseScreen(const ScreenIdentity &identity, QScreen *target);
    void fillScreen(QScreen &target);
    void runScale(Command command);
    void changeScale(const ScreenScale &scale);
    void applyScale(const ScreenScale &scale);
    void sayZoom();
    void updateBars();
    void applyLook(bool isFirst);
    void rememberLook();
    void updateCapture();
    void showCaptureProblem(const QString &reason);
    void readPreferences();
    void changeMiniToolBar(bool isShown);
    void showSessionInformation();
    void showLog();
    void popUpMenu();

    void connectInput(); // console_input.cpp
    void typeClipboard();
    void showTyping(int done, int total);
    void connectGuest(); // the agent in it
    void connectRecording(); // console_recording.cpp
    void toggleRecording();
    void showRecording(const engine::RecordingStatus &recording);
    void describeScreen(); // for screen readers
    void showSoftKeyboard(bool isShown);

    void showProgress(int percent);
    void askToClose(CloseChoice preferred);
    void closeBy(CloseChoice choice);
    void rememberCloseChoice(CloseChoice choice);
    void goToBackground();

    engine::ControlClient &m_client;
    const Place m_place;
    ConsoleActions *m_actions;
    std::unique_ptr<ConsoleCommands> m_commands;
    std::unique_ptr<ConsoleMenus> m_menus;
    ConsoleScreen *m_screen;
    ConsoleStatusBar *m_statusBar;
    std::unique_ptr<ConsoleDisplay> m_display;
    std::unique_ptr<display::ScreenRecorder> m_recorder; // uses the display
    engine::RecordingStatus m_recording; // as it was told last
    std::unique_ptr<GuestServices> m_guest;
    std::unique_ptr<MonitorWindows> m_monitors; // the further ones
    Preferences m_preferences;
    WindowLook m_look;
    QString m_hostKeyName;
    engine::ActivityCounters m_counters;
    QTimer m_settled; // after which the window manager has placed the window
    int m_roomForNotices = 0; // in the window's height
    QPointer<CloseDialog> m_closeDialog;
    QPointer<SessionInformation> m_information;
    QPointer<LogWindow> m_log;
    QPointer<SoftKeyboard> m_softKeyboard;
    QPointer<QWidget> m_lastWords; // the error box the end waits for
    QHash<QString, QString> m_folderTroubles; // by name: what was said of it
    bool m_isPresentWanted = false;
    bool m_isKnown = false; // the first status has come
    bool m_hasRun = false;
    bool m_hasEnded = false;
    bool m_isFinished = false;
    bool m_hasSentShutdown = false;
    bool m_hasSlowNotice = false;
    bool m_hasCaptureHint = false;
    bool m_hadPointer = false; // the guest, at the last look
    bool m_hasFullScreenHint = false;
    bool m_wasMaximized = false; // before it filled the screen
    QRect m_placeBefore; // at that time
    ScreenIdentity m_fullScreenOn; // empty: the screen it is on
};

} // namespace ui
