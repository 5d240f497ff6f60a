// SPDX-License-Identifier: GPL-3.0-or-later
// The user's choices under the names windows use; engine/machine/preferences.h has them, because
// the command line shows and sets them as well.
#pragma once

#include "engine/machine/preferences.h"

namespace ui {

using engine::CloseChoice;
using engine::Preferences;
using engine::SavedKeys;
using engine::SessionEndChoice;

} // namespace ui
