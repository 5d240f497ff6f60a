// SPDX-License-Identifier: GPL-3.0-or-later
// A full copy of a machine that is off: its disks, UEFI variables and TPM, under a new name and
// UUID. It grows in a hidden folder and gets its name when it is whole, so that whatever happens
// there is a whole copy or none, and the original is never written to.
//
// Not copied: logs, a saved state, and what is attached for reading only (it stays where it is and
// both machines use it). A disk that is based on other files becomes one that stands alone.
//
// Main thread only.
#pragma once

#include "engine/machine/machine_task.h"

namespace engine {

enum class MacAddresses { New, Keep, KeepOfNat };

struct MachineCopyRequest
{
    QString name = {};
    QString baseFolder = {}; // empty: the machine folder
    MacAddresses macAddresses = MacAddresses::New;
    bool keepsDiskNames = false; // else "<old name>.qcow2" becomes "<new name>.qcow2"
    QUuid uuid = {}; // null: a new one
    std::optional<QStringList> groups = {}; // nothing: the original's
};

struct MachineCopyPlan
{
    struct Disk
    {
        QString source; // absolute
        QString target; // relative to the copy's folder
        QString format; // for qemu-img; empty: copied as it is
        qint64 bytes = 0;
        bool isOutside = false; // of the original's folder
    };
    MachineEntry copy; // what will be written
    QString folder; // where it will be
    QList<Disk> disks;
    qint64 bytes = 0; // needed, at most
    QStringList notes; // sentences worth reading before it is made
};

// What is wrong with the wish (a taken name, a missing disk, no space), or what will happen.
Result<MachineCopyPlan> planMachineCopy(const MachineStore &store, const MachineEntry &source,
                                        const MachineCopyRequest &request);

// Takes the original's lock until it is done. What is wrong is told at once; otherwise `finished`
// follows, with the new machine on the list. The task belongs to `parent`; it may be deleted once
// `finished` was called.
Result<MachineTask *> copyMachine(MachineStore &store, const MachineEntry &source,
                                  const MachineCopyRequest &request, MachineTask::Finished finished,
                                  QObject *parent = nullptr);

} // namespace engine
