// SPDX-License-Identifier: GPL-3.0-or-later
// What is to be said about an existing disk that a new machine shall have, one sentence for each
// thing. Pure. A problem means that the disk cannot be used in this way.
#pragma once

#include "engine/catalog/machine_maker.h"
#include "engine/machine/host_fit.h"
#include "engine/media/disk_probe.h"

namespace engine {

// `user` is the machine that has the disk already; empty without one.
QList<FitSentence> existingDiskRemarks(const DiskFacts &facts, DiskSource source,
                                       const QString &user);

// The name of the machine that has this file as a disk, or as the base of one.
QString userOfDisk(const QString &path, const MachineStore &store);

// What a copy of it takes at most.
qint64 copySize(const DiskFacts &facts, bool isFullyAllocated);

} // namespace engine
