// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/host_lock_lights.h"

#include "display/wayland_globals.h"

#include <QtGui/QGuiApplication>

#include <cstdlib>
#include <memory>

#include <xcb/xcb.h>

namespace display {

using engine::LockLights;

namespace {

struct FreeReply
{
    void operator()(void *reply) const { std::free(reply); }
};

// NumLock is Mod2 in the maps of xkeyboard-config.
std::optional<LockLights> x11LockLights(xcb_connection_t *connection)
{
    const xcb_screen_iterator_t screens = xcb_setup_roots_iterator(xcb_get_setup(connection));
    if (screens.rem == 0)
        return std::nullopt;
    const std::unique_ptr<xcb_query_pointer_reply_t, FreeReply> reply(xcb_query_pointer_reply(
        connection, xcb_query_pointer(connection, screens.data->root), nullptr));
    if (!reply)
        return std::nullopt;
    return LockLights{.capsLock = (reply->mask & XCB_MOD_MASK_LOCK) != 0,
                      .numLock = (reply->mask & XCB_MOD_MASK_2) != 0};
}

} // namespace

std::optional<LockLights> hostLockLights()
{
    if (WaylandGlobals *globals = WaylandGlobals::instance())
        return globals->lockLights();
    const auto *x11 = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    return x11 && x11->connection() ? x11LockLights(x11->connection()) : std::nullopt;
}

} // namespace display
