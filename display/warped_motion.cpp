// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/warped_motion.h"

#include <algorithm>
#include <cstdlib>

namespace display {

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

} // namespace display
