// SPDX-License-Identifier: GPL-3.0-or-later
// What fits on a storage controller of each kind.
#pragma once

#include "engine/machine/machine_definition.h"

namespace engine {

struct ControllerLimits
{
    const char *title; // "SATA"
    int ports;
    int devicesPerPort;
    bool takesOptical;
    bool takesDisks;
    bool isOnBoard; // of these a machine has one; the others are cards
    bool tellsSolidState; // a disk can say here whether anything rotates
};

inline ControllerLimits controllerLimits(ControllerKind kind)
{
    switch (kind) {
    case ControllerKind::Ide:
        return {"IDE", 2, 2, true, true, true, true};
    case ControllerKind::Sata:
        return {"SATA", 30, 1, true, true, false, true};
    case ControllerKind::Virtio:
        return {"VirtIO", 24, 1, false, true, false, false};
    case ControllerKind::Nvme:
        return {"NVMe", 24, 1, false, true, false, false};
    case ControllerKind::VirtioScsi:
        return {"VirtIO SCSI", 24, 1, true, true, false, true};
    case ControllerKind::Usb:
        return {"USB", 8, 1, true, true, false, true};
    case ControllerKind::Floppy:
        break;
    }
    return {"floppy", 1, 2, false, false, true, false};
}

} // namespace engine
