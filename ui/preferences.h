// SPDX-License-Identifier: GPL-3.0-or-later
// What the user chose once for all machines: $XDG_CONFIG_HOME/vitrine/preferences.json, written
// atomically; unknown keys are kept. Every program reads it when it needs it; there is no cache to
// go stale between processes.
#pragma once

#include "engine/base/result.h"
#include "engine/host/input_sink.h"

#include <QtCore/QJsonObject>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace ui {

enum class CloseChoice { Ask, Background, Shutdown, PowerOff };

struct Preferences
{
    engine::ScanCode hostKey = 0x11d; // right Ctrl
    CloseChoice closeChoice = CloseChoice::Ask;
    bool showMiniToolBar = true;
    QStringList recentOpticalImages; // newest first, at most 10
    QJsonObject unknownKeys;

    static Preferences load();
    engine::Result<> save() const;
    void addRecentOptical(const QString &path);
};

} // namespace ui
