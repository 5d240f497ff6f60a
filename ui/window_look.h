// SPDX-License-Identifier: GPL-3.0-or-later
// How a machine's window is to look and to close, as its extra data says it under VirtualBox's own
// keys (GUI/..., see its manual's list of extra data), so that machines and scripts keep them. What
// is not there follows the preferences.
#pragma once

#include "ui/preferences.h"

#include <QtCore/QJsonObject>

#include <optional>

namespace ui {

struct WindowLook
{
    bool hasMenuBar = true; // GUI/MenuBar/Enabled
    bool hasStatusBar = true; // GUI/StatusBar/Enabled
    std::optional<bool> hasMiniToolBar = {}; // GUI/ShowMiniToolBar
    bool isMiniToolBarAtBottom = false; // GUI/MiniToolBarAlignment
    bool isGuestResized = true; // GUI/AutoresizeGuest: its resolution follows the window
    bool isScaled = false; // GUI/Scale, when the window opens
    std::optional<int> zoomPercent = {}; // GUI/ScaleFactor, the same; neither: as it was left
    std::optional<CloseChoice> closeChoice = {}; // GUI/DefaultCloseAction

    static WindowLook from(const QJsonObject &extraData);
    // Leaves all other keys alone, and puts none that says what holds without it.
    void writeTo(QJsonObject &extraData) const;

    bool operator==(const WindowLook &) const = default;
};

} // namespace ui
