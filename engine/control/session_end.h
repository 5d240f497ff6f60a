// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of running machines when the user's session or the computer ends: the choice in the
// preferences (ui/preferences.h writes it), which a machine without a window has to know as well.
#pragma once

#include <QtCore/QString>

namespace engine {

// Save falls back to Shutdown where a state cannot be saved, and Shutdown to PowerOff when the
// guest does not react in time.
enum class SessionEndChoice { Save, Shutdown, PowerOff };

inline constexpr const char *SessionEndKey = "sessionEnd";
QString sessionEndName(SessionEndChoice choice); // "save"
SessionEndChoice sessionEndFromName(const QString &name); // an unknown one is Save

// As the preferences file has it now.
SessionEndChoice sessionEndChoice();

} // namespace engine
