// SPDX-License-Identifier: GPL-3.0-or-later
// modifyvm options that are known and stored, without effect in this version.
#pragma once

#include "app/cli/arguments.h"

namespace app {

std::span<const OptionSpec> inertModifyOptions();

} // namespace app
