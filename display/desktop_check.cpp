// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/desktop_check.h"

#include "engine/base/fd.h"

#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xcb/xcb.h>

namespace display {

namespace {

std::string variable(const char *name)
{
    const char *const value = std::getenv(name);
    return value != nullptr ? value : "";
}

// wayland-client, wl_display_connect(): a name in XDG_RUNTIME_DIR, or a path.
bool hasWayland(const std::string &name)
{
    const std::string path = name.front() == '/' ? name : variable("XDG_RUNTIME_DIR") + "/" + name;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return false;
    path.copy(address.sun_path, path.size());
    const engine::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // sockaddr_un is made to be passed as sockaddr.
    return socket.isOpen()
        && ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
        == 0;
}

bool hasXServer()
{
    xcb_connection_t *const connection = xcb_connect(nullptr, nullptr);
    const bool isThere = xcb_connection_has_error(connection) == 0;
    xcb_disconnect(connection);
    return isThere;
}

// "wayland;xcb", "offscreen:size=...": the first choice.
bool isDesktopWanted(std::string_view platform)
{
    return platform.empty() || platform.starts_with("xcb") || platform.starts_with("wayland");
}

} // namespace

engine::Result<> checkDesktop()
{
    if (!isDesktopWanted(variable("QT_QPA_PLATFORM")))
        return {};
    const std::string wayland = variable("WAYLAND_DISPLAY");
    const std::string x = variable("DISPLAY");
    if ((!wayland.empty() && hasWayland(wayland)) || (!x.empty() && hasXServer()))
        return {};
    std::string looked = "neither WAYLAND_DISPLAY nor DISPLAY is set";
    if (!x.empty())
        looked = "the X server \"" + x + "\" (DISPLAY) cannot be reached";
    else if (!wayland.empty())
        looked = "the compositor \"" + wayland + "\" (WAYLAND_DISPLAY) cannot be reached";
    return engine::Error(engine::ErrorKind::Unsupported,
                         "There is no desktop to show a window on: " + looked)
        .withRemedy("Log in to a desktop; without one, machines run with \"vitrinectl startvm NAME "
                    "--type headless\"");
}

} // namespace display
