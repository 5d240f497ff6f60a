// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a machine's `nvram`: the store of UEFI variables as edk2 lays it out in flash (EDK II,
// MdeModulePkg/Include/Guid/VariableFormat.h; UEFI PI 1.7, volume 3, 3.2 "Firmware Volume").
// Writing is the firmware's business.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QUuid>

namespace engine {

struct UefiVariable
{
    QUuid vendor;
    QString name;
    quint32 attributes = 0;
    QByteArray data;
};

// In the order of the store; deleted and replaced ones are left out.
Result<QList<UefiVariable>> readUefiVariables(const QString &nvramPath);

// True when a platform key is enrolled: firmware that can do Secure Boot then insists on it. False
// as well for a file that is no such store.
bool hasPlatformKey(const QString &nvramPath);

} // namespace engine
