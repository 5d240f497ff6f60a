// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/guest_pointer.h"

#include <cstdlib>
#include <optional>
#include <utility>

namespace display {

using engine::KeyMotion;
using engine::PointerButton;

namespace {

constexpr int WheelStep = 120; // one notch

std::optional<PointerButton> pointerButton(Qt::MouseButton button)
{
    switch (button) {
    case Qt::LeftButton:
        return PointerButton::Left;
    case Qt::MiddleButton:
        return PointerButton::Middle;
    case Qt::RightButton:
        return PointerButton::Right;
    case Qt::BackButton:
        return PointerButton::Side;
    case Qt::ForwardButton:
        return PointerButton::Extra;
    default:
        return std::nullopt;
    }
}

} // namespace

void GuestPointer::setSink(engine::InputSink *sink)
{
    releaseAll();
    m_wheelRest = {};
    m_sink = sink;
}

engine::PointerMode GuestPointer::mode() const
{
    return m_sink ? m_sink->pointerMode() : engine::PointerMode::Absolute;
}

void GuestPointer::moveTo(const QPoint &guestPoint)
{
    if (m_sink)
        m_sink->position(guestPoint.x(), guestPoint.y());
}

void GuestPointer::moveBy(const QPoint &motion)
{
    if (m_sink && !motion.isNull())
        m_sink->motion(motion.x(), motion.y());
}

void GuestPointer::press(Qt::MouseButton button)
{
    const std::optional<PointerButton> pressed = pointerButton(button);
    if (!m_sink || !pressed || m_held.contains(*pressed))
        return;
    m_held.append(*pressed);
    m_sink->button(*pressed, KeyMotion::Press);
}

bool GuestPointer::isHeld(Qt::MouseButton button) const
{
    const std::optional<PointerButton> asked = pointerButton(button);
    return asked && m_held.contains(*asked);
}

void GuestPointer::release(Qt::MouseButton button)
{
    if (!m_sink || !isHeld(button))
        return;
    const PointerButton released = *pointerButton(button);
    m_held.removeOne(released);
    m_sink->button(released, KeyMotion::Release);
}

void GuestPointer::releaseAll()
{
    for (const PointerButton button : std::exchange(m_held, {})) {
        if (m_sink)
            m_sink->button(button, KeyMotion::Release);
    }
}

void GuestPointer::turnWheel(const QPoint &angle)
{
    sendNotches(m_wheelRest.ry(), angle.y(), PointerButton::WheelUp, PointerButton::WheelDown);
    sendNotches(m_wheelRest.rx(), angle.x(), PointerButton::WheelLeft, PointerButton::WheelRight);
}

void GuestPointer::sendNotches(int &rest, int angle, PointerButton more, PointerButton less)
{
    if (!m_sink || angle == 0)
        return;
    if ((rest > 0) != (angle > 0))
        rest = 0; // turned back: a notch is a notch in either direction
    rest += angle;
    const int steps = rest / WheelStep;
    rest -= steps * WheelStep;
    const PointerButton button = steps > 0 ? more : less;
    for (int i = 0; i < std::abs(steps); ++i) {
        m_sink->button(button, KeyMotion::Press);
        m_sink->button(button, KeyMotion::Release);
    }
}

} // namespace display
