// SPDX-License-Identifier: GPL-3.0-or-later
// What no driver has in this version, in the same words for all of them. Any thread.
#pragma once

#include "engine/drivers/driver.h"

namespace engine {

inline Support missingInEveryDriver(Feature feature)
{
    switch (feature) {
    case Feature::Snapshots:
        return {false, "Snapshots are not available in this version"};
    default:
        return {};
    }
}

} // namespace engine
