// SPDX-License-Identifier: GPL-3.0-or-later
// Taking the keyboard and the pointer away from the desktop, as far as the platform lets us.
//
// X11: the keyboard is grabbed with XGrabKeyboard (by QWindow), so the window manager's shortcuts
// reach the guest; the pointer is grabbed and put back to the middle of the view when it strays.
// Wayland: Qt 6.4 has neither the shortcut inhibitor nor relative pointer and constraints, so
// system shortcuts stay with the compositor and relative motion is refused with a reason.
// Main thread only.
#pragma once

#include <QtCore/QPoint>
#include <QtCore/QPointer>
#include <QtCore/QString>

#include <optional>

class QWidget;

namespace display {

// Host motion out of pointer positions that are put back to a home point now and then. Motion that
// was under way when the pointer was put back still arrives with old positions; it counts once.
class WarpedMotion final
{
public:
    // The pointer is at `position` and on its way home.
    void start(const QPoint &position, const QPoint &home, int reach);
    // The distance to the last position. Ask isHomeWanted() afterwards.
    QPoint moveTo(const QPoint &position);
    // True once per stray: the caller puts the pointer to home().
    bool isHomeWanted();
    QPoint home() const { return m_home; }

private:
    QPoint m_home;
    QPoint m_last;
    int m_reach = 0; // how far from home is still fine
    bool m_isReturning = false;
};

class PointerGrab final
{
public:
    explicit PointerGrab(QWidget *view);
    ~PointerGrab();

    // System shortcuts to the guest too; true when they will be.
    bool grabKeyboard();
    void releaseKeyboard();
    bool capturesSystemShortcuts() const { return m_hasKeyboard; }

    // The reason when this platform cannot do it, nullopt when the pointer is ours.
    std::optional<QString> grabPointer();
    void releasePointer();
    bool hasPointer() const { return m_hasPointer; }
    // Feed with global positions while hasPointer(); gives the motion.
    QPoint motionTo(const QPoint &globalPosition);
    // The view moved or changed its size.
    void recenter();

private:
    QPointer<QWidget> m_view;
    WarpedMotion m_motion;
    QPoint m_returnTo; // where the pointer was when it was taken
    bool m_hasKeyboard = false;
    bool m_hasPointer = false;
};

} // namespace display
