// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/monitor_window.h"

#include "display/frame_view.h"
#include "ui/console_screen.h"
#include "ui/icons.h"
#include "ui/session_information.h"
#include "ui/window_place.h"

#include <QtGui/QCloseEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtGui/QWindow>
#include <QtWidgets/QVBoxLayout>

#include <utility>

namespace ui {

MonitorWindow::MonitorWindow(int monitor, ConsoleActions &actions, QMenu &popUpMenu)
    : m_monitor(monitor)
    , m_screen(new ConsoleScreen(actions, popUpMenu, this))
    , m_resizer([this] { return m_screen->guestRoom(); })
{
    setObjectName(QStringLiteral("monitorWindow%1").arg(monitor + 1));
    setWindowIcon(applicationIcon());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_screen);
    setFocusProxy(m_screen);
    view().setAccessibleName(tr("The guest's screen %1").arg(monitor + 1));
    view().setPlaceholderText(tr("The guest shows nothing on this screen"));
    connect(&view(), &display::FrameView::hostKeyChord, this, &MonitorWindow::hostKeyChord);
    connect(&view(), &display::FrameView::captureFailed, this, &MonitorWindow::captureFailed);
    connect(m_screen, &ConsoleScreen::guestSizeChanged, this, [this](const QSize &size) {
        const bool isAsked = !size.isEmpty() && m_resizer.guestChanged(size);
        if (!size.isEmpty() && !isAsked)
            fitToGuest();
    });
    connect(&m_resizer, &GuestResizer::wanted, this, [this](const QSize &size) {
        if (m_session != nullptr && m_session->guestLink() != nullptr)
            m_session->guestLink()->setMonitors({QRect(QPoint(), size)});
    });
    resize(m_screen->pictureSize());
}

MonitorWindow::~MonitorWindow()
{
    m_screen->disconnect(this);
    view().disconnect(this);
    view().setSource(nullptr);
    view().setSink(nullptr);
}

display::FrameView &MonitorWindow::view() const
{
    return m_screen->view();
}

void MonitorWindow::setStatus(const engine::MachineStatus &status)
{
    //: A window title: machine, state, the number of the guest's screen
    setWindowTitle(tr("%1 [%2], Screen %3 - Vitrine")
                       .arg(status.name, stateText(status.state))
                       .arg(m_monitor + 1));
    m_machine = status.uuid;
    m_screen->setMachineName(status.name);
    m_screen->setPaused(status.state == engine::Driver::State::Paused);
    if (m_session != nullptr)
        view().updatePointerMode();
}

void MonitorWindow::setPreferences(const Preferences &preferences)
{
    view().setHostKeys(preferences.hostKeys);
    view().setDesktopKeysCaptured(preferences.areDesktopKeysCaptured);
    view().setAutoCapture(preferences.isAutoCaptureOn);
}

void MonitorWindow::setScale(const ScreenScale &scale)
{
    m_screen->setScale(scale);
    updateResizer();
    fitToGuest();
    m_resizer.roomChanged();
}

void MonitorWindow::setAutoResize(bool isOn)
{
    m_isAutoResizeOn = isOn;
    updateResizer();
}

void MonitorWindow::updateResizer()
{
    display::GuestLink *const link = m_session != nullptr ? m_session->guestLink() : nullptr;
    m_resizer.setActive(m_isAutoResizeOn && link != nullptr && link->abilities().canResize
                        && !m_screen->scale().isFitted());
}

void MonitorWindow::setSession(std::unique_ptr<display::DisplaySession> session)
{
    view().setSource(nullptr);
    view().setSink(nullptr);
    m_session = std::move(session);
    if (m_session == nullptr) {
        updateResizer();
        if (isVisible())
            savePlace();
        hide();
        return;
    }
    connect(m_session.get(), &display::DisplaySession::pointerModeChanged, &view(),
            &display::FrameView::updatePointerMode);
    if (display::GuestLink *const link = m_session->guestLink())
        connect(link, &display::GuestLink::abilitiesChanged, this, &MonitorWindow::updateResizer);
    view().setSource(&m_session->frameSource());
    view().setSink(&m_session->inputSink());
    updateResizer();
    fitToGuest();
    if (!std::exchange(m_isPlaced, true))
        restorePlace();
    // The user goes on where he is: a guest may switch its monitors at any time.
    setAttribute(Qt::WA_ShowWithoutActivating);
    show();
}

void MonitorWindow::fillScreen(QScreen *screen)
{
    m_screen->setFullScreen(screen != nullptr);
    if (screen == nullptr) {
        if (!isFullScreen())
            return;
        showNormal();
        setGeometry(std::exchange(m_placeBefore, QRect()));
        return;
    }
    if (!isFullScreen())
        m_placeBefore = isMaximized() ? normalGeometry() : geometry();
    if (isFullScreen() || isMaximized())
        showNormal();
    if (QWindow *const window = windowHandle())
        window->setScreen(screen);
    QRect there(QPoint(), size().boundedTo(screen->geometry().size()));
    there.moveCenter(screen->geometry().center());
    setGeometry(there);
    showFullScreen();
}

void MonitorWindow::fitToGuest()
{
    if (isMaximized() || isFullScreen() || m_screen->scale().isFitted())
        return;
    const QSize frame = isVisible() ? frameGeometry().size() - size() : QSize(0, 0);
    resize(m_screen->pictureSize().boundedTo(screen()->availableGeometry().size() - frame));
}

void MonitorWindow::restorePlace()
{
    const std::optional<WindowPlace> place = loadWindowPlace(m_machine, m_monitor);
    if (!place)
        return;
    if (m_screen->scale().isFitted())
        resize(place->geometry.size());
    // A screen that is not there anymore is no place.
    const QScreen *const there = QGuiApplication::screenAt(place->geometry.center());
    if (there != nullptr)
        setGeometry(movedInside({place->geometry.topLeft(), size()}, there->availableGeometry()));
    if (place->isMaximized)
        setWindowState(windowState() | Qt::WindowMaximized);
}

void MonitorWindow::savePlace() const
{
    const bool isLarge = isMaximized() || isFullScreen();
    const QRect normal = m_placeBefore.isValid() ? m_placeBefore
        : isLarge                                ? normalGeometry()
                                                 : geometry();
    saveWindowPlace(m_machine,
                    {.geometry = normal, .isMaximized = isMaximized(), .scale = m_screen->scale()},
                    m_monitor);
}

void MonitorWindow::closeEvent(QCloseEvent *event)
{
    event->ignore();
    emit unplugWanted();
}

void MonitorWindow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ActivationChange)
        emit activationChanged();
}

void MonitorWindow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_resizer.roomChanged();
}

} // namespace ui
