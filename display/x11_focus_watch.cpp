// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/x11_focus_watch.h"

#include <QtGui/QGuiApplication>

#include <utility>

#include <xcb/xcb.h>

namespace display {

X11FocusWatch::X11FocusWatch(std::function<void(quint32 window)> focused)
    : m_focused(std::move(focused))
{
    if (QGuiApplication::platformName() == QLatin1String("xcb"))
        qGuiApp->installNativeEventFilter(this);
}

// Takes itself out of the application's filters.
X11FocusWatch::~X11FocusWatch() = default;

bool X11FocusWatch::nativeEventFilter(const QByteArray &eventType, void *message, qintptr *)
{
    constexpr quint8 SentByAClient = 0x80; // X11 protocol, "Events": the top bit of the code
    if (eventType != "xcb_generic_event_t")
        return false;
    const auto *event = static_cast<const xcb_generic_event_t *>(message);
    if ((event->response_type & ~SentByAClient) != XCB_FOCUS_IN)
        return false;
    const auto *focusIn = reinterpret_cast<const xcb_focus_in_event_t *>(event);
    // The others: a grab began or ended, the pointer is over a window that has no focus of its own.
    const bool isMoved =
        focusIn->mode == XCB_NOTIFY_MODE_NORMAL || focusIn->mode == XCB_NOTIFY_MODE_WHILE_GRABBED;
    if (isMoved && focusIn->detail != XCB_NOTIFY_DETAIL_POINTER)
        m_focused(focusIn->event);
    return false;
}

} // namespace display
