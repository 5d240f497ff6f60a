// SPDX-License-Identifier: GPL-3.0-or-later
// Host motion out of pointer positions that are put back to a home point now and then. Motion that
// was under way when the pointer was put back still arrives with old positions; it counts once.
#pragma once

#include <QtCore/QPoint>

namespace display {

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

} // namespace display
