// SPDX-License-Identifier: GPL-3.0-or-later
// The platform's side of an SDL window. Alone in its file for the sake of what Xlib defines.
#include "display/sdl/sdl_events.h"

#include <SDL_syswm.h>
#include <wayland-client-core.h>

namespace display {

namespace {

bool askPlatform(SDL_Window &window, SDL_SysWMinfo &info)
{
    SDL_VERSION(&info.version);
    return SDL_GetWindowWMInfo(&window, &info) == SDL_TRUE;
}

} // namespace

int sdlConnection(SDL_Window &window)
{
    SDL_SysWMinfo info;
    if (!askPlatform(window, info))
        return -1;
#ifdef SDL_VIDEO_DRIVER_X11
    if (info.subsystem == SDL_SYSWM_X11)
        return ConnectionNumber(info.info.x11.display);
#endif
#ifdef SDL_VIDEO_DRIVER_WAYLAND
    if (info.subsystem == SDL_SYSWM_WAYLAND)
        return wl_display_get_fd(info.info.wl.display);
#endif
    return -1;
}

unsigned long sdlX11Window(SDL_Window &window)
{
    SDL_SysWMinfo info;
#ifdef SDL_VIDEO_DRIVER_X11
    if (askPlatform(window, info) && info.subsystem == SDL_SYSWM_X11)
        return info.info.x11.window;
#endif
    return 0;
}

} // namespace display
