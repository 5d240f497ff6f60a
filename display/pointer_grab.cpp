// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/pointer_grab.h"

#include "display/warping_grab.h"
#include "display/wayland_grab.h"

namespace display {

std::unique_ptr<PointerGrab> PointerGrab::create(QWidget &view)
{
    if (WaylandGlobals *globals = WaylandGlobals::instance())
        return std::make_unique<WaylandGrab>(*globals, view);
    return std::make_unique<WarpingGrab>(view);
}

} // namespace display
