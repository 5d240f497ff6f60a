// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_definition.h"

#include <utility>

namespace engine {

QString mountPoint(const SharedFolder &folder)
{
    return folder.mountPoint.isEmpty() ? QStringLiteral("/mnt/") + folder.name : folder.mountPoint;
}

const StorageAttachment *findAttachment(const MachineDefinition &definition,
                                        const StorageSlot &slot)
{
    for (const StorageController &controller : definition.controllers) {
        if (controller.name != slot.controller)
            continue;
        for (const StorageAttachment &attachment : controller.attachments) {
            if (attachment.port == slot.port && attachment.device == slot.device)
                return &attachment;
        }
    }
    return nullptr;
}

StorageAttachment *findAttachment(MachineDefinition &definition, const StorageSlot &slot)
{
    // Detaching first keeps the pointer valid for a caller whose lists are shared with a copy.
    for (StorageController &controller : definition.controllers) {
        if (controller.name != slot.controller)
            continue;
        for (StorageAttachment &attachment : controller.attachments) {
            if (attachment.port == slot.port && attachment.device == slot.device)
                return &attachment;
        }
    }
    return nullptr;
}

} // namespace engine
