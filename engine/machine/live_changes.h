// SPDX-License-Identifier: GPL-3.0-or-later
// Which of a machine's settings may change now, and which of two definitions' differences those
// are. Pure. The session decides by it what it takes from a client, the settings dialog what it
// greys, so that both say the same with the same words.
//
// Fields are named as in machine_check.h: the keys of the definition file, with a slash where it
// has lists: "memoryMiB", "controllers/SATA/1/0/path", "adapters/0/forwards", "serialPorts/1".
#pragma once

#include "engine/machine/machine_definition.h"

namespace engine {

enum class MachineCondition { Off, Saved, Running };

// What the driver of a running machine can do to it; each empty when it can, else why not.
struct LiveAbilities
{
    QString whyNoMediumChange = {};
    QString whyNoLinkChange = {};
    QString whyNoNetworkChange = {};
    QString whyNoFolderChange = {};
    QString whyNoAudioOutputChange = {};
    QString whyNoAudioInputChange = {};
    QString whyNoBalloonChange = {};
    QString whyNoRemoteDisplayChange = {};

    bool operator==(const LiveAbilities &) const = default;
};

struct FieldChange
{
    enum class When { Now, AfterPowerOff, AfterDiscard, Never };
    QString field = {};
    When when = When::Now;
    QString reason = {}; // what to do first; empty for Now

    bool operator==(const FieldChange &) const = default;
};

// One field by itself, whatever it holds. A medium's path counts as a hard disk's unless
// `isRemovable`.
FieldChange changeOf(const QString &field, MachineCondition condition,
                     const LiveAbilities &abilities = {}, bool isRemovable = true);

// Every field in which the two differ, in the order of the definition. A controller or adapter that
// comes or goes is one field: "controllers/SATA", "controllers/SATA/1/0", "adapters/2/mode".
QList<FieldChange> changedFields(const MachineDefinition &before, const MachineDefinition &after,
                                 MachineCondition condition, const LiveAbilities &abilities = {});

// For people: "memory", "the port forwards of network adapter 1".
QString fieldTitle(const QString &field);

} // namespace engine
