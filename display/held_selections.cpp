// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/held_selections.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QGuiApplication>

#include <xcb/xcb.h>

namespace display {

namespace {

constexpr int EventBytes = 32; // X11 protocol, section 1: every event is 32 bytes
constexpr quint8 SentFlag = 0x80; // set when another client sent it

// Whose window it was for; what is sent without an event mask goes to who made the window.
xcb_window_t ownerOf(const QByteArray &event)
{
    // Safe: 32 bytes as they came from the library, of the type that is checked.
    const auto *any = reinterpret_cast<const xcb_generic_event_t *>(event.constData());
    if ((any->response_type & ~SentFlag) == XCB_SELECTION_CLEAR)
        return reinterpret_cast<const xcb_selection_clear_event_t *>(any)->owner;
    return reinterpret_cast<const xcb_selection_request_event_t *>(any)->owner;
}

} // namespace

HeldSelections::HeldSelections()
{
    QCoreApplication::instance()->installNativeEventFilter(this);
}

HeldSelections::~HeldSelections()
{
    QCoreApplication::instance()->removeNativeEventFilter(this);
    const auto *x11 = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    if (x11 == nullptr || m_events.isEmpty())
        return;
    for (const QByteArray &event : std::as_const(m_events))
        xcb_send_event(x11->connection(), 0, ownerOf(event), 0, event.constData());
    xcb_flush(x11->connection());
}

bool HeldSelections::nativeEventFilter(const QByteArray &eventType, void *message, qintptr *)
{
    if (eventType != "xcb_generic_event_t")
        return false;
    const auto *event = static_cast<const xcb_generic_event_t *>(message);
    const int type = event->response_type & ~SentFlag;
    if (type != XCB_SELECTION_CLEAR && type != XCB_SELECTION_REQUEST)
        return false;
    // Safe: looked at as char.
    m_events.append(QByteArray(reinterpret_cast<const char *>(event), EventBytes));
    return true;
}

} // namespace display
