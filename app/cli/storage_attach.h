// SPDX-License-Identifier: GPL-3.0-or-later
// storageattach: what is in a place of a controller, while the machine is off and, for media of
// drives, while it runs.
#pragma once

#include "app/cli/session.h"

namespace app {

engine::StorageController *findController(engine::MachineDefinition &definition,
                                          const QString &name);

struct AttachRequest
{
    engine::StorageSlot slot;
    std::optional<engine::MediumKind> kind; // not said: by what is there, or by the medium
    bool hasMedium = false;
    bool isRemoval = false; // "none"
    QString path; // absolute; empty: a drive without a medium
    std::optional<bool> isDiscardOn;
    std::optional<bool> isSolidState;
    std::optional<engine::DiskCache> hostCache;
    std::optional<bool> isReadOnly;
    QJsonObject kept; // stored without effect
};

// Pure: `folder` is the machine's, so that images in it are stored by relative paths.
Outcome attach(engine::MachineDefinition &definition, const QString &folder,
               const AttachRequest &request);

std::span<const OptionSpec> attachOptions();
Outcome attachVerb(Session &session, const Arguments &arguments);

} // namespace app
