// SPDX-License-Identifier: GPL-3.0-or-later
// What the guest's pointer holds down, and how far its wheel has turned. No widget. Main thread
// only.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QList>
#include <QtCore/QPoint>

namespace display {

class GuestPointer final
{
public:
    // Releases what is held in the sink before.
    void setSink(engine::InputSink *sink);
    engine::PointerMode mode() const; // Absolute without a sink

    void moveTo(const QPoint &guestPoint); // Absolute
    void moveBy(const QPoint &motion); // Relative
    // Buttons a PC's mouse does not have are not sent, nor are presses of what is held.
    void press(Qt::MouseButton button);
    bool isHeld(Qt::MouseButton button) const;
    void release(Qt::MouseButton button);
    void releaseAll();
    // Sideways and up, in eighths of a degree, as QWheelEvent has it. Only whole notches are sent;
    // what is left over counts for the next one, unless the wheel turns back.
    void turnWheel(const QPoint &angle);

private:
    void sendNotches(int &rest, int angle, engine::PointerButton more, engine::PointerButton less);

    engine::InputSink *m_sink = nullptr;
    QList<engine::PointerButton> m_held;
    QPoint m_wheelRest;
};

} // namespace display
