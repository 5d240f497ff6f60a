// SPDX-License-Identifier: GPL-3.0-or-later
// What the store and its helpers know about the files of one machine. Not for other folders: see
// machine_store.h.
#pragma once

#include "engine/machine/machine_store.h"

namespace engine {

inline QString previousVersionPath(const QString &definitionPath)
{
    return definitionPath + QStringLiteral(".prev");
}

// The definition in a folder: the one named like the folder, else the first; empty without one.
QString definitionIn(const QString &folder);

// The definition in a .vitrine file; an error says whether its previous version is whole.
Result<MachineDefinition> readDefinition(const QString &definitionPath);

// Files that are attached as disks, with those they are based on.
QStringList diskFilesOf(const MachineEntry &entry);

// The caller holds the lock. Files that `filesOfOthers` names are kept.
Result<> deleteMachineFiles(const MachineEntry &entry, const QStringList &filesOfOthers);

} // namespace engine
