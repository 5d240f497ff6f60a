// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's folder to another name or place, so that whoever dies at whatever moment leaves one
// whole machine on the list. On one file system the folder is renamed; between two it is copied to
// a hidden name, synced, renamed, and only then is the old one deleted.
//
// prepare() is called on the main thread and takes the machine's lock; run() may be called on any.
#pragma once

#include "engine/machine/folder_copy.h"
#include "engine/machine/known_machines.h"
#include "engine/machine/machine_store.h"

#include <optional>

namespace engine {

struct MachineMoveRequest
{
    MachineEntry entry; // as it will be written: with its new name, when it gets one
    QString newFolder; // absolute; the same as entry.folder: only the file gets another name
    QString configFolder; // of the list of machines
    QString machineFolder; // what is right inside needs no place on the list
};

class MachineMove final
{
public:
    // Busy while the machine runs or when the new name is taken; Denied, NoSpace, Invalid.
    static Result<MachineMove> prepare(MachineMoveRequest request);

    bool copies() const { return m_copyBytes >= 0; }
    qint64 bytesToCopy() const { return copies() ? m_copyBytes : 0; }
    // Also when files of the old place could not be deleted: leftover() then names the folder.
    Result<MachineEntry> run(const CopyMeter &meter);
    QString leftover() const { return m_leftover; }

private:
    Result<MachineEntry> move(const CopyMeter &meter);
    Result<> checkPlaces();
    Result<> renameFolder(const CopyMeter &meter);
    Result<> copyAcross(const CopyMeter &meter);
    Result<> renameDefinition();
    Result<> record(bool isUnderWay);

    MachineMoveRequest m_request;
    QString m_oldFolder;
    qint64 m_copyBytes = -1; // -1: the same file system
    QString m_leftover;
    std::optional<MachineLock> m_lock;
    std::optional<MachineLock> m_copyLock;
};

// Why the machine's folder cannot go elsewhere: disks of others are in it (`filesOfOthers`), or
// its own are based on files by names that would no longer be right. Nothing: it can.
std::optional<Error> whyFolderCannotMove(const MachineEntry &entry,
                                         const QStringList &filesOfOthers);

// Paths into the machine's folder become relative to it: they are right before and after a move.
void makePathsRelative(MachineDefinition &definition, const QString &folder);

// Finishes what a killed program left of moves that nobody works on any more, and removes
// unfinished copies beside the machines in `folders`.
void finishInterruptedMoves(const QString &configFolder, const QString &machineFolder);

// Where a copy grows until it is whole: hidden, beside the place it will have. Made, and locked.
struct PartFolder
{
    QString path;
    MachineLock lock;
};
Result<PartFolder> makePartFolder(const QString &baseFolder);

} // namespace engine
