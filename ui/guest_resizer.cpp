// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guest_resizer.h"

#include <algorithm>
#include <utility>

namespace ui {

namespace {

// Software emulation takes its time for a change of mode.
constexpr auto AnswerTime = std::chrono::seconds(8);
// Smaller ones no desktop can be used on.
constexpr QSize Smallest(320, 200);
// What the agent's protocol and every card's registers can say.
constexpr QSize Largest(8192, 8192);
constexpr int WidthStep = 8; // a text column; what VGA's registers count lines by

} // namespace

GuestResizer::GuestResizer(Room room, std::chrono::milliseconds settleTime)
    : m_room(std::move(room))
{
    m_settled.setSingleShot(true);
    m_settled.setInterval(settleTime);
    connect(&m_settled, &QTimer::timeout, this, &GuestResizer::ask);
}

QSize GuestResizer::sizeFor(const QSize &room)
{
    const QSize bounded = room.expandedTo(Smallest).boundedTo(Largest);
    return {bounded.width() / WidthStep * WidthStep, bounded.height()};
}

void GuestResizer::setActive(bool isActive)
{
    if (isActive == std::exchange(m_isActive, isActive))
        return;
    m_asked = {};
    if (isActive)
        m_settled.start();
    else
        m_settled.stop();
}

void GuestResizer::roomChanged()
{
    if (m_isActive)
        m_settled.start();
}

bool GuestResizer::guestChanged(const QSize &size)
{
    m_guest = size;
    return m_isActive && !m_answer.hasExpired();
}

void GuestResizer::ask()
{
    const QSize room = m_room();
    if (!m_isActive || room.isEmpty() || m_guest.isEmpty())
        return;
    const QSize size = sizeFor(room);
    // Asked in vain is asked enough.
    if (size == m_guest || size == m_asked)
        return;
    m_asked = size;
    m_answer.setRemainingTime(AnswerTime);
    emit wanted(size);
}

} // namespace ui
