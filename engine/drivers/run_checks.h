// SPDX-License-Identifier: GPL-3.0-or-later
// What a running machine can be asked for, and in which words it is refused: the same for every
// driver. Any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QString>

#include <chrono>
#include <string>

namespace engine {

// "Network adapter 1", in front of what went wrong with it.
std::string adapterTitle(int adapter);
Error noSuchAdapter(int adapter);
// Unsupported when `wanted` is another card than the present one, or none.
Result<> checkSameCard(const NetworkAdapter &present, const NetworkAdapter &wanted, int adapter);

// A drive whose medium is to be changed, and what is to be in it.
struct MediumWish
{
    QString title; // of the drive: "SATA, port 1, device 0"
    StorageAttachment attachment; // as it is to be
    QString file; // absolute; empty: no medium
};
// Unsupported when there is no such drive, or its medium cannot be changed.
Result<MediumWish> checkMediumWish(const MachineDefinition &definition, const StorageSlot &slot,
                                   const QString &path, const QString &machineFolder);
Error mediumIsBeingChanged(const QString &driveTitle);
// NotFound or Denied. No file at all is fine.
Result<> checkMediumFile(const QString &file);
Error trayStaysLocked(const QString &driveTitle, std::chrono::milliseconds waited);

// Screenshots are "png" or "ppm".
Result<> checkPictureFormat(const QString &format);

} // namespace engine
