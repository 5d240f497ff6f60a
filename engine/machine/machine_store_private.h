// SPDX-License-Identifier: GPL-3.0-or-later
// What a MachineStore holds, for the files that implement it.
#pragma once

#include "engine/machine/known_machines.h"
#include "engine/machine/machine_files.h"
#include "engine/machine/machine_move.h"
#include "engine/machine/machine_scan.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <functional>

namespace engine {

inline QString cleanFolder(const QString &path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

// When something was made, renamed or removed in a folder, or a file replaced.
inline QDateTime changeTime(const QString &path)
{
    return QFileInfo(path).lastModified();
}

// Invalid when the change is so young that another one could still get the same time: file systems
// stamp by the kernel's tick.
inline QDateTime settledChangeTime(const QString &path)
{
    constexpr qint64 TickMs = 10;
    const QDateTime time = changeTime(path);
    return time.isValid() && time.msecsTo(QDateTime::currentDateTimeUtc()) < TickMs ? QDateTime()
                                                                                    : time;
}

struct MachineStore::Private
{
    QString configFolder;
    QString unitFolder; // of systemd's user units
    QString defaultFolder;
    KnownMachines known;
    MachineScan scan;
    QDateTime folderTime; // of the machine folder and of the list, as scanned
    QDateTime listTime;
    QFileSystemWatcher *watcher = nullptr;
    QTimer *timer = nullptr;

    QString machineFolder() const
    {
        return known.machineFolder.isEmpty() ? defaultFolder : known.machineFolder;
    }

    bool isInsideMachineFolder(const QString &folder) const
    {
        return QFileInfo(folder).absolutePath() == cleanFolder(machineFolder());
    }

    const MachineEntry *entryIn(const QString &folder) const
    {
        for (const MachineEntry &entry : scan.entries()) {
            if (entry.folder == folder)
                return &entry;
        }
        return nullptr;
    }

    Result<> changeKnown(const std::function<void(KnownMachines &)> &change)
    {
        known = TRY(changeKnownMachines(configFolder, change));
        return {};
    }

    QStringList diskFilesOfOthers(const QString &folder) const
    {
        QStringList files;
        for (const MachineEntry &other : scan.entries()) {
            if (other.folder != folder && other.isAccessible())
                files.append(diskFilesOf(other));
        }
        return files;
    }

    void noteTimes()
    {
        folderTime = settledChangeTime(machineFolder());
        listTime = settledChangeTime(knownMachinesPath(configFolder));
    }

    // Machines came or went since the scan. What was edited in place is not seen by this.
    bool isListStale() const
    {
        return folderTime != changeTime(machineFolder())
            || listTime != changeTime(knownMachinesPath(configFolder));
    }

    MachineEntry newEntry(MachineDefinition definition, const QString &baseFolder) const;
    Result<> noteNew(const MachineEntry &entry);
    void watchFolders();
    // Makes units and definitions agree, whoever changed a definition.
    void reconcileAutostart() const;
    // Why this name cannot be had by the machine in `folder`.
    std::optional<Error> nameProblem(const QString &name, const QString &folder) const;
    MachineMoveRequest renameRequest(const MachineEntry &entry) const;
};

} // namespace engine
