// SPDX-License-Identifier: GPL-3.0-or-later
// Where each machine's window was and how it showed the guest, kept per user and not with the
// machine, which may be copied to a computer with other screens:
// $XDG_CONFIG_HOME/vitrine/windows.json, newest first.
#pragma once

#include "ui/host_screens.h"
#include "ui/screen_scale.h"

#include <QtCore/QRect>
#include <QtCore/QUuid>

#include <optional>

namespace ui {

struct WindowPlace
{
    QRect geometry; // without the frame, neither maximized nor full screen
    bool isMaximized = false;
    ScreenScale scale; // fitted: the size is the user's, else it is the guest's
    ScreenIdentity fullScreenOn; // empty: the screen the window is on
};

// `monitor`: whose window of several it is.
std::optional<WindowPlace> loadWindowPlace(const QUuid &machine, int monitor = 0);
// Not worth a word to the user when it fails; the log tells.
void saveWindowPlace(const QUuid &machine, const WindowPlace &place, int monitor = 0);

// `window` moved, and cut where it must be, so that all of it lies in `available`.
QRect movedInside(const QRect &window, const QRect &available);

} // namespace ui
