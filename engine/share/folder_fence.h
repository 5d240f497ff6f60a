// SPDX-License-Identifier: GPL-3.0-or-later
// Landlock: from now on this process opens and changes nothing outside one folder, whatever it is
// made to do (landlock(7)). For a process of its own; for good, and its threads as well.
#pragma once

#include "engine/base/result.h"

namespace engine::share {

// The folder is an open descriptor, O_PATH does. False where the kernel has no Landlock that lets
// files be moved between folders (before Linux 5.19), or has it switched off.
Result<bool> fenceFolder(int folder, bool isReadOnly);

} // namespace engine::share
