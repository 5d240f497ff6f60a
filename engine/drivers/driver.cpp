// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/driver.h"

namespace engine {

QString stateName(Driver::State state)
{
    switch (state) {
    case Driver::State::Off:
        return "poweroff";
    case Driver::State::Saved:
        return "saved";
    case Driver::State::Aborted:
        return "aborted";
    case Driver::State::Starting:
        return "starting";
    case Driver::State::Restoring:
        return "restoring";
    case Driver::State::Running:
        return "running";
    case Driver::State::Paused:
        return "paused";
    case Driver::State::Saving:
        return "saving";
    case Driver::State::Stopping:
        return "stopping";
    }
    return "poweroff";
}

} // namespace engine
