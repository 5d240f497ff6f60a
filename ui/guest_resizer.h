// SPDX-License-Identifier: GPL-3.0-or-later
// Lets a guest's resolution follow the room its window has for it: debounced, in whole device
// pixels, and only where an agent can. Whether it should is its owner's to say. Main thread only.
#pragma once

#include <QtCore/QDeadlineTimer>
#include <QtCore/QObject>
#include <QtCore/QSize>
#include <QtCore/QTimer>

#include <chrono>
#include <functional>

namespace ui {

class GuestResizer final : public QObject
{
    Q_OBJECT
public:
    using Room = std::function<QSize()>; // in guest pixels; empty: none
    // `settleTime`: for how long the room stays as it is before it counts.
    explicit GuestResizer(Room room,
                          std::chrono::milliseconds settleTime = std::chrono::milliseconds(300));

    void setActive(bool isActive); // wanted by the user, possible for the agent
    void roomChanged();
    // Whether the new size is what was asked for, or as near as the guest can: then the window
    // stays as it is.
    bool guestChanged(const QSize &size);

    // What is asked of the guest for a room: graphics cards want lines of whole bytes.
    static QSize sizeFor(const QSize &room);

signals:
    void wanted(const QSize &size);

private:
    void ask();

    const Room m_room;
    bool m_isActive = false;
    QSize m_guest;
    QSize m_asked;
    QDeadlineTimer m_answer; // until then a change is the answer
    QTimer m_settled;
};

} // namespace ui
