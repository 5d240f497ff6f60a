// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console_window.h"

#include "display/film/screen_recorder.h"
#include "display/frame_view.h"
#include "display/keymap.h"
#include "ui/close_dialog.h"
#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/console_menus.h"
#include "ui/console_screen.h"
#include "ui/console_status_bar.h"
#include "ui/guest_services.h"
#include "ui/icons.h"
#include "ui/keyboard_help.h"
#include "ui/log_window.h"
#include "ui/message_bar.h"
#include "ui/mini_tool_bar.h"
#include "ui/monitor_windows.h"
#include "ui/session_information.h"
#include "ui/soft_keyboard.h"

#include <QtGui/QCloseEvent>
#include <QtGui/QStatusTipEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>

#include <chrono>
#include <utility>

namespace ui {

namespace {

const QString CaptureKey = QStringLiteral("captureProblem");
constexpr std::chrono::milliseconds MessageTime{6000};
constexpr auto SettleTime = std::chrono::milliseconds(150);

} // namespace

ConsoleWindow::ConsoleWindow(engine::ControlClient &client, Place place, OpenDisplay open)
    : m_client(client)
    , m_place(place)
    , m_actions(new ConsoleActions(this))
    , m_commands(std::make_unique<ConsoleCommands>(client, *this))
    , m_menus(std::make_unique<ConsoleMenus>(*m_actions, *m_commands, *this))
    , m_screen(new ConsoleScreen(*m_actions, m_menus->popUpMenu(), this))
    , m_statusBar(new ConsoleStatusBar(*m_menus, this))
{
    setObjectName(QStringLiteral("consoleWindow"));
    setWindowIcon(applicationIcon());
    setWindowTitle(tr("Vitrine"));
    // Its context menu would offer to hide things behind the actions' backs.
    setContextMenuPolicy(Qt::NoContextMenu);
    m_menus->fill(*menuBar());
    setCentralWidget(m_screen);
    setStatusBar(m_statusBar);
    m_actions->action(Command::ShowMenuBar)->setChecked(true);
    m_actions->action(Command::ShowStatusBar)->setChecked(true);
    m_monitors = std::make_unique<MonitorWindows>(client, *m_actions, m_menus->popUpMenu(),
                                                  m_menus->viewMenu(), open);
    m_display = std::make_unique<ConsoleDisplay>(client, m_screen->view(), m_screen->messages(),
                                                 std::move(open));

    connect(m_actions, &ConsoleActions::commandGiven, this, &ConsoleWindow::run);
    connect(m_actions, &ConsoleActions::guestKeysWanted, m_commands.get(),
            &ConsoleCommands::sendKeys);
    connect(m_commands.get(), &ConsoleCommands::said, this, &ConsoleWindow::say);
    connectView();
    connectClient();
    connectScreens();
    connectMonitors();
    connectInput();
    connectGuest();
    connectRecording();
    m_settled.setSingleShot(true);
    m_settled.setInterval(SettleTime);
    connect(&m_settled, &QTimer::timeout, this, [this] {
        makeRoomForNotices();
        keepOnScreen();
    });
    readPreferences();
    updateCapture();
    fitToGuest(FitBy::Guest);
    m_screen->view().setFocus();
    if (!client.status().uuid.isNull())
        statusChanged(client.status());
}

ConsoleWindow::~ConsoleWindow()
{
    // What the screen tells while it loses its picture is nobody's business anymore.
    m_screen->disconnect(this);
    m_screen->view().disconnect(this);
    m_monitors->disconnect(this);
    m_monitors->setWanted(false);
    m_display->disconnect(this);
    m_guest.reset();
    m_recorder.reset();
    m_display.reset();
}

void ConsoleWindow::connectClient()
{
    connect(&m_client, &engine::ControlClient::statusChanged, this, &ConsoleWindow::statusChanged);
    connect(&m_client, &engine::ControlClient::failed, this, &ConsoleWindow::machineFailed);
    connect(&m_client, &engine::ControlClient::disconnected, this, &ConsoleWindow::connectionLost);
    connect(&m_client, &engine::ControlClient::raiseRequested, this, &ConsoleWindow::present);
    connect(&m_client, &engine::ControlClient::progressed, this, &ConsoleWindow::showProgress);
    connect(&m_client, &engine::ControlClient::wasReset, this,
            [this] { m_hasSentShutdown = false; });
    connect(&m_client, &engine::ControlClient::activityChanged, this,
            [this](const engine::ActivityCounters &counters) {
                m_counters = counters;
                m_statusBar->setActivity(counters);
                if (m_information != nullptr)
                    m_information->setActivity(counters);
            });
}

void ConsoleWindow::connectView()
{
    display::FrameView &view = m_screen->view();
    connect(&view, &display::FrameView::hostKeyChord, this, &ConsoleWindow::chordPressed);
    connect(&view, &display::FrameView::captureChanged, this, &ConsoleWindow::updateCapture);
    connect(&view, &display::FrameView::captureFailed, this, &ConsoleWindow::showCaptureProblem);
    connect(m_screen, &ConsoleScreen::guestSizeChanged, this, [this](const QSize &size) {
        m_statusBar->setGuestSize(size);
        describeScreen();
        if (m_information != nullptr)
            m_information->setGuestSize(size);
        const bool isAsked = !size.isEmpty() && m_guest->guestResized(size);
        if (!size.isEmpty() && !isAsked)
            fitToGuest(FitBy::Guest);
    });
    connect(m_screen, &ConsoleScreen::noticesChanged, this, &ConsoleWindow::makeRoomForNotices);
    connect(m_commands.get(), &ConsoleCommands::dialogOpened, &view,
            &display::FrameView::releaseCapture);
    // With a captured pointer no menu entry could be clicked.
    connect(m_menus.get(), &ConsoleMenus::menuOpened, this, [this] {
        if (m_screen->view().isPointerCaptured())
            m_screen->view().releaseCapture();
    });
    // After Escape the menu bar would keep the keyboard, and eat the next host chord. Queued:
    // it takes it when the menu has gone.
    connect(
        m_menus.get(), &ConsoleMenus::menuClosed, this,
        [this] {
            if (QApplication::activePopupWidget() != nullptr)
                return;
            // Not setActiveAction(nullptr): it leaves the bar opening menus as the pointer passes,
            // and the click that follows then closes what it should open.
            m_screen->view().setFocus();
        },
        Qt::QueuedConnection);
    connect(m_statusBar, &ConsoleStatusBar::keyboardClicked, this,
            [this] { run(Command::CaptureKeyboard); });
    connect(m_statusBar, &ConsoleStatusBar::pointerClicked, this, [this] {
        if (!m_display->isPointerAbsolute())
            run(Command::CapturePointer);
    });
    connect(m_statusBar, &ConsoleStatusBar::accelerationClicked, this,
            &ConsoleWindow::explainAcceleration);
}

void ConsoleWindow::run(Command command)
{
    display::FrameView &view = m_screen->view();
    const QAction *action = m_actions->action(command);
    switch (command) {
    case Command::Settings:
        view.releaseCapture();
        emit settingsRequested();
        break;
    case Command::Pause: {
        const bool isPaused = m_client.status().state == engine::Driver::State::Paused;
        // The mark follows the machine, not the click.
        m_actions->action(command)->setChecked(isPaused);
        m_commands->setPaused(!isPaused);
        break;
    }
    case Command::Reset:
        m_commands->reset();
        break;
    case Command::PowerButton:
        m_hasSentShutdown = true;
        m_commands->pressPowerButton();
        break;
    case Command::PowerOff:
        m_commands->powerOff();
        break;
    case Command::SaveState:
        m_commands->saveState();
        break;
    case Command::SessionInformation:
        showSessionInformation();
        break;
    case Command::ShowActivity:
        showSessionInformation();
        m_information->showActivity();
        break;
    case Command::FileManager:
        m_commands->showFileManager();
        break;
    case Command::ShowLog:
        showLog();
        break;
    case Command::Background:
        goToBackground();
        break;
    case Command::Close:
        askToClose(CloseChoice::Ask);
        break;
    case Command::FullScreen:
        setFullScreen(!isFullScreen());
        break;
    case Command::ScaledMode:
    case Command::ZoomIn:
    case Command::ZoomOut:
    case Command::ZoomActual:
        runScale(command);
        break;
    case Command::AutoResize:
        m_guest->setAutoResize(action->isChecked());
        m_monitors->setAutoResize(action->isChecked());
        rememberLook();
        break;
    case Command::FitWindow:
        fitToGuest(FitBy::User);
        break;
    case Command::Minimize:
        view.releaseCapture();
        showMinimized();
        break;
    case Command::Screenshot:
        m_commands->takeScreenshot();
        break;
    case Command::Record:
        toggleRecording();
        break;
    case Command::ShowMenuBar:
    case Command::ShowStatusBar:
        updateBars();
        fitToGuest(FitBy::Guest);
        rememberLook();
        break;
    case Command::ShowMiniToolBar:
        changeMiniToolBar(action->isChecked());
        break;
    case Command::PopUpMenu:
        popUpMenu();
        break;
    case Command::CaptureKeyboard:
    case Command::CapturePointer: {
        const bool isCaptured = command == Command::CaptureKeyboard ? view.isKeyboardCaptured()
                                                                    : view.isPointerCaptured();
        if (isCaptured) {
            view.releaseCapture();
        } else {
            view.setFocus();
            view.capture();
        }
        updateCapture();
        break;
    }
    case Command::TypeClipboard:
        typeClipboard();
        break;
    case Command::SoftKeyboard:
        showSoftKeyboard(action->isChecked());
        break;
    case Command::Preferences:
        view.releaseCapture();
        emit preferencesRequested();
        break;
    case Command::KeyboardHelp:
        view.releaseCapture();
        showKeyboardHelp(*m_actions, m_hostKeyName, this);
        break;
    case Command::About:
        view.releaseCapture();
        showAbout(this);
        break;
    }
}

void ConsoleWindow::chordPressed(int qtKey)
{
    QAction *action = m_actions->actionForChord(qtKey);
    if (action == nullptr)
        return;
    if (action->isEnabled())
        action->trigger();
    else
        say(action->toolTip());
}

void ConsoleWindow::say(const QString &message)
{
    const bool isInStatusBar = m_statusBar->isVisible() && m_statusBar->hasRoomFor(message);
    if (isInStatusBar) {
        m_statusBar->showMessage(message, int(MessageTime.count()));
    } else {
        m_statusBar->clearMessage();
        m_screen->showHint(message, MessageTime);
    }
}

// A menu entry's tip that would be cut says less than none.
bool ConsoleWindow::event(QEvent *event)
{
    if (event->type() != QEvent::StatusTip
        || m_statusBar->hasRoomFor(static_cast<QStatusTipEvent *>(event)->tip()))
        return QMainWindow::event(event);
    m_statusBar->clearMessage();
    return true;
}

void ConsoleWindow::updateBars()
{
    const bool isFull = isFullScreen();
    m_actions->action(Command::FullScreen)->setChecked(isFull);
    menuBar()->setVisible(!isFull && m_actions->action(Command::ShowMenuBar)->isChecked());
    m_statusBar->setVisible(!isFull && m_actions->action(Command::ShowStatusBar)->isChecked());
    m_screen->setFullScreen(isFull);
    m_monitors->setFullScreen(isFull ? screen() : nullptr);
    m_screen->miniToolBar().setActive(
        isFull && m_look.hasMiniToolBar.value_or(m_preferences.showMiniToolBar));
    const int wayOut =
        m_actions->action(Command::FullScreen)->property(ConsoleActions::ChordProperty).toInt();
    if (isFull && wayOut != 0 && !std::exchange(m_hasFullScreenHint, true)) {
        const QString keys = m_hostKeyName + u'+' + QKeySequence(wayOut).toString();
        m_screen->showHint(tr("Press %1 to leave full screen").arg(keys));
    }
}

void ConsoleWindow::updateCapture()
{
    const display::FrameView &view = m_screen->view();
    const bool isIntegrated = m_display->isPointerAbsolute();
    const bool wasPointerCaptured = std::exchange(m_hadPointer, view.isPointerCaptured());
    if (view.capturesSystemShortcuts())
        m_screen->messages().dismiss(CaptureKey);
    m_statusBar->setCapture({.isKeyboardCaptured = view.isKeyboardCaptured(),
                             .hasSystemShortcuts = view.capturesSystemShortcuts(),
                             .isPointerCaptured = view.isPointerCaptured(),
                             .isPointerIntegrated = isIntegrated,
                             .hostKey = m_hostKeyName});
    m_actions->action(Command::CaptureKeyboard)->setChecked(view.isKeyboardCaptured());
    m_actions->action(Command::CapturePointer)->setChecked(view.isPointerCaptured());
    m_actions->setPointerCanBeCaptured(!isIntegrated);
    if (view.isPointerCaptured() && !std::exchange(m_hasCaptureHint, true))
        m_screen->showHint(tr("Press %1 to release the pointer").arg(m_hostKeyName));
    else if (!view.isPointerCaptured() && wasPointerCaptured)
        m_screen->hideHint();
}

void ConsoleWindow::showCaptureProblem(const QString &reason)
{
    m_screen->messages().post({.key = CaptureKey, .kind = Notice::Kind::Warning, .text = reason});
}

void ConsoleWindow::readPreferences()
{
    m_preferences = Preferences::load();
    m_hostKeyName = display::keyNames(m_preferences.hostKeys);
    m_screen->view().setHostKeys(m_preferences.hostKeys);
    m_screen->view().setDesktopKeysCaptured(m_preferences.areDesktopKeysCaptured);
    m_screen->view().setAutoCapture(m_preferences.isAutoCaptureOn);
    m_monitors->setPreferences(m_preferences);
    m_actions->setHostKeys(m_preferences.hostKeys);
    m_actions->setChords(m_preferences.machineShortcuts);
    m_actions->setSavedKeys(m_preferences.savedKeys);
    const bool hasMiniToolBar = m_look.hasMiniToolBar.value_or(m_preferences.showMiniToolBar);
    m_actions->action(Command::ShowMiniToolBar)->setChecked(hasMiniToolBar);
    m_screen->miniToolBar().setActive(isFullScreen() && hasMiniToolBar);
    updateCapture();
}

void ConsoleWindow::showSessionInformation()
{
    m_screen->view().releaseCapture();
    if (m_information == nullptr) {
        m_information = new SessionInformation(this);
        m_information->setStatus(m_client.status());
        m_information->setGuestSize(m_screen->view().guestSize());
        m_information->setActivity(m_counters);
    }
    m_information->show();
    m_information->raise();
    m_information->activateWindow();
}

void ConsoleWindow::showLog()
{
    m_screen->view().releaseCapture();
    if (m_log == nullptr)
        m_log = new LogWindow(m_client.status().name, m_commands->logFile(), this);
    m_log->show();
    m_log->raise();
    m_log->activateWindow();
}

void ConsoleWindow::popUpMenu()
{
    m_screen->view().releaseCapture();
    const QRect area(m_screen->mapToGlobal(QPoint(0, 0)), m_screen->size());
    const QPoint pointer = QCursor::pos();
    m_menus->popUpMenu().popup(area.contains(pointer) ? pointer : area.center());
}

void ConsoleWindow::present()
{
    if (m_isFinished)
        return;
    m_isPresentWanted = true;
    if (!m_isKnown)
        return;
    if (isMinimized())
        setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void ConsoleWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (m_guest == nullptr)
        return; // still in the constructor
    if (event->type() == QEvent::WindowStateChange) {
        updateBars();
        m_settled.start();
        m_client.setActivityWanted(isVisible() && !isMinimized());
    } else if (event->type() == QEvent::ActivationChange) {
        m_guest->setWindowActive(isActiveWindow() || m_monitors->hasActiveWindow());
        if (isActiveWindow())
            readPreferences(); // another program may have changed them
    }
}

void ConsoleWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    if (event->spontaneous())
        return;
    m_settled.start();
    m_display->setWanted(true);
    m_client.setActivityWanted(true);
}

void ConsoleWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    if (event->spontaneous())
        return;
    savePlace();
    m_display->setWanted(false);
    m_client.setActivityWanted(false);
}

} // namespace ui
