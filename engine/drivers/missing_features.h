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

// Clipboard and GuestAgent of a machine that was started without the ports for them, because its
// definition has no other virtio device (wantsAgentChannel()).
inline Support missingAgentChannel(Feature feature)
{
    if (feature == Feature::Clipboard)
        return {false,
                "The machine was started without a port for agents in the guest; with a "
                "shared clipboard or drag and drop it has one from its next start on"};
    return {false,
            "The agent in the guest is reached by a virtio device, and the machine "
            "has none: give it a VirtIO disk controller or network adapter"};
}

// Windows has no driver of its own for a virtio balloon, and would ask for one.
inline bool hasBalloonDriver(const MachineDefinition &definition)
{
    return !definition.osId.startsWith(QLatin1String("win"));
}

inline Support missingBalloon(const MachineDefinition &definition)
{
    if (hasBalloonDriver(definition))
        return {false,
                "The machine was saved without a memory balloon: it has one from its next "
                "start on"};
    return {false, "The guest's operating system has no driver for a memory balloon"};
}

} // namespace engine
