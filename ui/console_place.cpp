// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the machine window that says how large it is and where.
#include "display/frame_view.h"
#include "ui/console_menus.h"
#include "ui/console_screen.h"
#include "ui/console_status_bar.h"
#include "ui/console_window.h"
#include "ui/full_screen_menu.h"
#include "ui/window_place.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStyle>

#include <algorithm>
#include <utility>

namespace ui {

void ConsoleWindow::fitToGuest(FitBy reason)
{
    const bool isLarge = isMaximized() || isFullScreen();
    if (reason == FitBy::User && isLarge) {
        m_wasMaximized = false;
        showNormal();
        updateBars();
    } else if (isLarge || m_screen->scale().isFitted()) {
        if (reason == FitBy::Guest)
            return;
    }
    const auto height = [](const QWidget *bar) {
        return bar->isHidden() ? 0 : bar->sizeHint().height();
    };
    QSize wanted = m_screen->pictureSize();
    m_roomForNotices = m_screen->noticesHeight(wanted.width());
    wanted.rheight() += height(menuBar()) + height(m_statusBar) + m_roomForNotices;
    const QSize frame = isVisible() ? frameGeometry().size() - size() : QSize(0, 0);
    const QSize available = screen()->availableGeometry().size() - frame;
    // Scroll bars take their room from the other direction.
    const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this);
    if (wanted.height() > available.height())
        wanted.rwidth() += bar;
    if (wanted.width() > available.width())
        wanted.rheight() += bar;
    resize(wanted.expandedTo(minimumSizeHint()).boundedTo(available));
    m_settled.start();
}

// The picture keeps its size: the window grows for a notice, and shrinks when it goes.
void ConsoleWindow::makeRoomForNotices()
{
    if (isMaximized() || isFullScreen())
        return; // made up for when the window is a normal one again
    const int wanted = m_screen->noticesHeight(width());
    const int more = wanted - std::exchange(m_roomForNotices, wanted);
    if (more == 0)
        return;
    const QSize frame = isVisible() ? frameGeometry().size() - size() : QSize(0, 0);
    const int available = screen()->availableGeometry().height() - frame.height();
    if (height() >= available)
        return; // as high as it can be, with or without
    resize(width(), std::min(height() + more, available));
    m_settled.start();
}

void ConsoleWindow::keepOnScreen()
{
    if (!isVisible() || isMinimized() || isMaximized() || isFullScreen())
        return;
    const QRect frame = frameGeometry();
    const QRect inside = movedInside(frame, screen()->availableGeometry());
    if (inside.size() != frame.size())
        resize(size() - (frame.size() - inside.size()));
    if (inside.topLeft() != frame.topLeft())
        move(inside.topLeft());
}

void ConsoleWindow::restorePlace()
{
    const std::optional<WindowPlace> place = loadWindowPlace(m_client.status().uuid);
    if (!place) {
        if (m_preferences.isScaledByDefault)
            applyScale({.mode = display::ScaleMode::Fit});
        return;
    }
    m_fullScreenOn = place->fullScreenOn;
    m_menus->fullScreenMenu().setChosen(m_fullScreenOn);
    applyScale(place->scale);
    if (place->scale.isFitted())
        resize(place->geometry.size());
    // A screen that is not there anymore is no place.
    const QScreen *onScreen = QGuiApplication::screenAt(place->geometry.center());
    if (onScreen != nullptr)
        setGeometry(
            movedInside({place->geometry.topLeft(), size()}, onScreen->availableGeometry()));
    if (place->isMaximized)
        setWindowState(windowState() | Qt::WindowMaximized);
}

void ConsoleWindow::savePlace() const
{
    if (!m_isKnown)
        return;
    const bool isLarge = isMaximized() || isFullScreen();
    QRect normal = isLarge ? normalGeometry() : geometry();
    if (isFullScreen() && m_placeBefore.isValid())
        normal = m_placeBefore; // not that of another screen, which it came by
    normal.setHeight(normal.height() - m_roomForNotices);
    saveWindowPlace(m_client.status().uuid,
                    {.geometry = normal,
                     .isMaximized = isFullScreen() ? m_wasMaximized : isMaximized(),
                     .scale = m_screen->scale(),
                     .fullScreenOn = m_fullScreenOn});
}

} // namespace ui
