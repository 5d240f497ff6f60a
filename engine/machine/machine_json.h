// SPDX-License-Identifier: GPL-3.0-or-later
// A definition to and from JSON, and the one table of names for its enumerators, which the CLI
// and the control protocol use too.
//
// Format: {"format":"vitrine-machine","version":1,...}. Keys this version does not know are kept,
// at every level. A newer `version` is refused with a message that says so.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QByteArray>

namespace engine {

QByteArray machineToJson(const MachineDefinition &definition);
Result<MachineDefinition> machineFromJson(const QByteArray &json);

// One entry of "adapters".
QJsonObject adapterToJson(const NetworkAdapter &adapter);
Result<NetworkAdapter> adapterFromJson(const QJsonObject &json);

// One entry of "sharedFolders".
QJsonObject sharedFolderToJson(const SharedFolder &folder);
Result<SharedFolder> sharedFolderFromJson(const QJsonObject &json);

// "recording".
QJsonObject recordingToJson(const RecordingSettings &recording);
Result<RecordingSettings> recordingFromJson(const QJsonObject &json);

// "sata", "uefi", ...: lower-case words. Unknown words give nullopt.
template <class Enum>
QString enumName(Enum value);
template <class Enum>
std::optional<Enum> enumFromName(QStringView name);
template <class Enum>
QStringList enumNames();

} // namespace engine
