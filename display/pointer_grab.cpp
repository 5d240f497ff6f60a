// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/pointer_grab.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QCursor>
#include <QtGui/QGuiApplication>
#include <QtGui/QWindow>
#include <QtWidgets/QWidget>

#include <algorithm>
#include <cstdlib>

namespace display {

namespace {

bool isX11()
{
    return QGuiApplication::platformName() == QLatin1String("xcb");
}

// QCursor::setPos() does nothing there, so motion would end at the screen's edge.
bool isWayland()
{
    return QGuiApplication::platformName().startsWith(QLatin1String("wayland"));
}

} // namespace

void WarpedMotion::start(const QPoint &position, const QPoint &home, int reach)
{
    m_home = home;
    m_last = position;
    m_reach = reach;
    m_isReturning = position != home;
}

QPoint WarpedMotion::moveTo(const QPoint &position)
{
    QPoint from = m_last;
    if (m_isReturning
        && (position - m_home).manhattanLength() < (position - m_last).manhattanLength()) {
        m_isReturning = false;
        from = m_home;
    }
    m_last = position;
    return position - from;
}

bool WarpedMotion::isHomeWanted()
{
    const QPoint away = m_last - m_home;
    if (m_isReturning || std::max(std::abs(away.x()), std::abs(away.y())) <= m_reach)
        return false;
    m_isReturning = true;
    return true;
}

PointerGrab::PointerGrab(QWidget *view)
    : m_view(view)
{ }

PointerGrab::~PointerGrab()
{
    releasePointer();
    releaseKeyboard();
}

bool PointerGrab::grabKeyboard()
{
    QWindow *window = m_view ? m_view->window()->windowHandle() : nullptr;
    if (!m_hasKeyboard && window && isX11())
        m_hasKeyboard = window->setKeyboardGrabEnabled(true);
    return m_hasKeyboard;
}

void PointerGrab::releaseKeyboard()
{
    if (!m_hasKeyboard)
        return;
    m_hasKeyboard = false;
    if (QWindow *window = m_view ? m_view->window()->windowHandle() : nullptr)
        window->setKeyboardGrabEnabled(false);
}

std::optional<QString> PointerGrab::grabPointer()
{
    if (m_hasPointer || !m_view)
        return std::nullopt;
    if (isWayland()) {
        return QCoreApplication::translate(
            "display::PointerGrab",
            "The mouse cannot be captured in a Wayland session yet. Give the machine a USB tablet "
            "as its pointing device, or start the program with QT_QPA_PLATFORM=xcb.");
    }
    m_hasPointer = true;
    m_returnTo = QCursor::pos();
    m_view->grabMouse(Qt::BlankCursor);
    recenter();
    return std::nullopt;
}

void PointerGrab::recenter()
{
    if (!m_hasPointer || !m_view)
        return;
    const int reach = std::max(1, std::min(m_view->width(), m_view->height()) / 4);
    m_motion.start(QCursor::pos(), m_view->mapToGlobal(m_view->rect().center()), reach);
    QCursor::setPos(m_motion.home());
}

void PointerGrab::releasePointer()
{
    if (!m_hasPointer)
        return;
    m_hasPointer = false;
    if (!m_view)
        return;
    m_view->releaseMouse();
    QCursor::setPos(m_returnTo);
}

QPoint PointerGrab::motionTo(const QPoint &globalPosition)
{
    const QPoint motion = m_motion.moveTo(globalPosition);
    if (m_motion.isHomeWanted())
        QCursor::setPos(m_motion.home());
    return motion;
}

} // namespace display
