// SPDX-License-Identifier: GPL-3.0-or-later
// Whether there is a desktop that windows can be shown on. Qt ends the process with a list of its
// plugins when there is none, so this is asked before it.
#pragma once

#include "engine/base/result.h"

namespace display {

// Goes by WAYLAND_DISPLAY and DISPLAY, and by QT_QPA_PLATFORM, which may choose something that
// needs neither. Before QApplication. Unsupported: what was looked for and what to do.
engine::Result<> checkDesktop();

} // namespace display
