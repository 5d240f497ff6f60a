// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of the settings dialog know beside the definition.
#pragma once

#include "engine/machine/live_changes.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_store.h"
#include "engine/media/disk_image.h"

#include <QtCore/QList>

namespace ui {

struct SettingsContext
{
    engine::MachineStore &store;
    QString machineFolder;
    QList<engine::OtherMachine> others;
    int hostMemoryMiB = 0; // 0: not known
    int freeMemoryMiB = 0;
    int hostCpus = 0;
    // Disks that OK will make; their files are not there yet.
    QList<engine::CreateImageRequest> newDisks = {};

    bool isNewDisk(const QString &absolutePath) const;
};

// When what may change, for all pages.
struct SettingsRules
{
    engine::MachineCondition condition = engine::MachineCondition::Off;
    engine::LiveAbilities abilities = {};

    // Empty when the field may change now.
    QString whyFixed(const QString &field, bool isRemovable = true) const;

    bool operator==(const SettingsRules &) const = default;
};

SettingsContext makeSettingsContext(engine::MachineStore &store, const engine::MachineEntry &entry);

} // namespace ui
