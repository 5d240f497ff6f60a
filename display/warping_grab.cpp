// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/warping_grab.h"

#include <QtGui/QCursor>
#include <QtGui/QGuiApplication>
#include <QtGui/QWindow>
#include <QtWidgets/QWidget>

#include <algorithm>

namespace display {

WarpingGrab::WarpingGrab(QWidget &view)
    : m_view(&view)
{ }

WarpingGrab::~WarpingGrab()
{
    WarpingGrab::releasePointer();
    WarpingGrab::releaseKeyboard();
}

std::optional<QString> WarpingGrab::grabKeyboard()
{
    QWindow *window = m_view ? m_view->window()->windowHandle() : nullptr;
    const bool isX11 = QGuiApplication::platformName() == QLatin1String("xcb");
    if (m_hasKeyboard || !window || !isX11)
        return std::nullopt;
    m_hasKeyboard = window->setKeyboardGrabEnabled(true);
    if (m_hasKeyboard)
        return std::nullopt;
    return tr(
        "Another program has grabbed the keyboard: your desktop's own shortcuts stay with it. "
        "Close its menu or dialog and capture again.");
}

void WarpingGrab::releaseKeyboard()
{
    if (!m_hasKeyboard)
        return;
    m_hasKeyboard = false;
    if (QWindow *window = m_view ? m_view->window()->windowHandle() : nullptr)
        window->setKeyboardGrabEnabled(false);
}

std::optional<QString> WarpingGrab::grabPointer()
{
    if (m_hasPointer || !m_view)
        return std::nullopt;
    m_hasPointer = true;
    m_returnTo = QCursor::pos();
    m_view->grabMouse(Qt::BlankCursor);
    recenter();
    return std::nullopt;
}

void WarpingGrab::recenter()
{
    if (!m_hasPointer || !m_view)
        return;
    // What is seen of it: zoomed in, its middle may be out of the window.
    const QRect seen = m_view->visibleRegion().boundingRect();
    const QRect area = seen.isEmpty() ? m_view->rect() : seen;
    const int reach = std::max(1, std::min(area.width(), area.height()) / 4);
    m_motion.start(QCursor::pos(), m_view->mapToGlobal(area.center()), reach);
    QCursor::setPos(m_motion.home());
}

void WarpingGrab::releasePointer()
{
    if (!m_hasPointer)
        return;
    m_hasPointer = false;
    if (!m_view)
        return;
    m_view->releaseMouse();
    QCursor::setPos(m_returnTo);
}

void WarpingGrab::pointerMovedTo(const QPoint &globalPosition)
{
    if (!m_hasPointer)
        return;
    const QPoint motion = m_motion.moveTo(globalPosition);
    if (m_motion.isHomeWanted())
        QCursor::setPos(m_motion.home());
    emit moved(motion);
}

} // namespace display
