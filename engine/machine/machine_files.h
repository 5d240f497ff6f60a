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

// Both can be read and say the same UUID.
bool isSameMachine(const QString &definitionPath, const QString &otherDefinitionPath);

// Files that are attached as disks, with those they are based on.
QStringList diskFilesOf(const MachineEntry &entry);

// Deletes a machine's files and takes it off the list. It knows all it needs, so that run() may be
// called on any thread: letting go of a large disk takes seconds.
class MachineDeletion final
{
public:
    // Busy while the machine runs. Files that `filesOfOthers` names are kept.
    static Result<MachineDeletion> prepare(const MachineEntry &entry, QStringList filesOfOthers,
                                           QString configFolder);
    Result<> run();

private:
    MachineEntry m_entry;
    QStringList m_filesOfOthers;
    QString m_configFolder;
    std::optional<MachineLock> m_lock; // none when the folder is gone already
};

} // namespace engine
