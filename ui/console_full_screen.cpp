// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the machine window that fills a screen, and says how large the guest is shown.
#include "display/frame_view.h"
#include "ui/console_actions.h"
#include "ui/console_menus.h"
#include "ui/console_screen.h"
#include "ui/console_window.h"
#include "ui/full_screen_menu.h"
#include "ui/guest_services.h"
#include "ui/monitor_windows.h"
#include "ui/zoom_menu.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtGui/QWindow>

#include <utility>

namespace ui {

void ConsoleWindow::connectScreens()
{
    connect(&m_menus->fullScreenMenu(), &FullScreenMenu::screenChosen, this,
            &ConsoleWindow::chooseScreen);
    connect(&m_menus->zoomMenu(), &ZoomMenu::scaleChosen, this, &ConsoleWindow::changeScale);
    // Queued: Qt gives the window another screen first.
    connect(
        qGuiApp, &QGuiApplication::screenRemoved, this,
        [this] {
            if (isVisible() && isFullScreen())
                fillScreen(*screen());
            else
                m_settled.start();
        },
        Qt::QueuedConnection);
}

// Each in a window of its own, which goes when this one has no picture.
void ConsoleWindow::connectMonitors()
{
    connect(m_monitors.get(), &MonitorWindows::hostKeyChord, this, &ConsoleWindow::chordPressed);
    connect(m_monitors.get(), &MonitorWindows::captureFailed, this,
            &ConsoleWindow::showCaptureProblem);
    connect(m_monitors.get(), &MonitorWindows::said, this, &ConsoleWindow::say);
    connect(m_monitors.get(), &MonitorWindows::activationChanged, this, [this] {
        m_guest->setWindowActive(isActiveWindow() || m_monitors->hasActiveWindow());
    });
    connect(m_display.get(), &ConsoleDisplay::sessionChanged, this,
            [this] { m_monitors->setWanted(m_display->session() != nullptr); });
    connect(m_menus.get(), &ConsoleMenus::menuOpened, m_monitors.get(),
            &MonitorWindows::releaseCapture);
}

void ConsoleWindow::chooseScreen(const ScreenIdentity &identity, QScreen *target)
{
    m_fullScreenOn = identity;
    m_menus->fullScreenMenu().setChosen(identity);
    savePlace();
    if (!isFullScreen())
        setFullScreen(true);
    else if (target != nullptr)
        fillScreen(*target); // also when Qt thinks it is there: it may not have heard yet
}

void ConsoleWindow::setFullScreen(bool isFull)
{
    if (isFull == isFullScreen())
        return;
    if (isFull) {
        m_wasMaximized = isMaximized();
        m_placeBefore = isMaximized() ? normalGeometry() : geometry();
        QScreen *chosen = findScreen(m_fullScreenOn);
        if (m_fullScreenOn.isEmpty()) // the one of the preferences, while it is there
            chosen = findScreen(ScreenIdentity::fromText(m_preferences.fullScreenMonitor));
        if (chosen == nullptr && !m_fullScreenOn.isEmpty())
            say(tr("The screen chosen for this machine is not connected."));
        if (chosen == nullptr || chosen == screen())
            showFullScreen();
        else
            fillScreen(*chosen);
    } else {
        // Back to where it was, too: the window manager only knows the other screen's place.
        const QRect before = std::exchange(m_placeBefore, QRect());
        const bool isElsewhere =
            before.isValid() && !screen()->geometry().contains(before.center());
        if (isElsewhere || !m_wasMaximized)
            showNormal();
        if (isElsewhere && QGuiApplication::screenAt(before.center()) != nullptr)
            setGeometry(before);
        if (m_wasMaximized)
            showMaximized();
    }
    updateBars();
}

// A full screen or maximized window is the window manager's to place, so it is neither on the way.
// X11 then fills the screen the window is on, Wayland the one that Qt says it is on.
void ConsoleWindow::fillScreen(QScreen &target)
{
    if (isFullScreen() || isMaximized())
        showNormal();
    if (QWindow *window = windowHandle())
        window->setScreen(&target);
    QRect there(QPoint(), size().boundedTo(target.geometry().size()));
    there.moveCenter(target.geometry().center());
    setGeometry(there);
    showFullScreen();
    updateBars();
    m_monitors->setFullScreen(&target);
}

void ConsoleWindow::applyScale(const ScreenScale &scale)
{
    m_screen->setScale(scale);
    m_menus->zoomMenu().setScale(scale);
    m_guest->scaleChanged();
    m_monitors->setScale(scale);
    m_actions->action(Command::ScaledMode)->setChecked(scale.isFitted());
}

void ConsoleWindow::changeScale(const ScreenScale &scale)
{
    applyScale(scale);
    if (!scale.isFitted())
        fitToGuest(FitBy::Guest);
    sayZoom();
}

void ConsoleWindow::sayZoom()
{
    say(tr("Zoom: %1 %").arg(qRound(m_screen->view().shownZoom() * 100)));
}

void ConsoleWindow::runScale(Command command)
{
    ScreenScale scale = m_screen->scale();
    // From what is seen, which in Scaled Mode is no step.
    const int shown = scale.isFitted() ? qRound(m_screen->view().shownZoom() * 100) : scale.percent;
    using display::ScaleMode;
    if (command == Command::ScaledMode) {
        scale.mode = m_actions->action(command)->isChecked() ? ScaleMode::Fit : ScaleMode::Zoom;
    } else {
        scale.mode = ScaleMode::Zoom;
        scale.percent = command == Command::ZoomIn ? zoomedIn(shown)
            : command == Command::ZoomOut          ? zoomedOut(shown)
                                                   : 100;
    }
    changeScale(scale);
}

} // namespace ui
