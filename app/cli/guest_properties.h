// SPDX-License-Identifier: GPL-3.0-or-later
// Guest properties as VBoxManage has them: what a user stored with the machine, and, while its
// guest's agent answers, what that says. Pure.
#pragma once

#include "engine/control/machine_guest.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QStringList>

namespace app {

// What is stored, in the order of the names.
QList<engine::GuestProperty> storedProperties(const engine::MachineDefinition &definition);
// An empty value removes it. Flags as VirtualBox writes them: "TRANSIENT, RDONLYGUEST".
void storeProperty(engine::MachineDefinition &definition, const engine::GuestProperty &property);
// Both, in the order of the names; of one name what the guest says counts.
QList<engine::GuestProperty> mergedProperties(const QList<engine::GuestProperty> &stored,
                                              const QList<engine::GuestProperty> &guests);

// Patterns with * and ?, several separated by "|"; no pattern fits everything.
bool fitsPatterns(const QString &name, const QStringList &patterns);

// The known flags, in VirtualBox's spelling and order; Invalid names one that is not known.
engine::Result<QString> flagsFrom(const QString &text);
// 1 to 64 characters for a name, none of *, ? and |.
engine::Result<> checkPropertyName(const QString &name);

struct PropertyColumns
{
    bool hasTime = true;
    bool hasFlags = true;
    bool isOldFormat = false; // VirtualBox 6.1's
};
QString propertiesText(const QList<engine::GuestProperty> &properties,
                       const PropertyColumns &columns);
// Nanoseconds since 1970, as "Timestamp:" says it.
QString timestampWord(const QDateTime &time);

} // namespace app
