// SPDX-License-Identifier: GPL-3.0-or-later
// VirtualBox's words for what a definition says, both ways. Where several of its words mean one
// thing here, the word the user gave is kept in MachineDefinition::inertSettings and shown again.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <array>

namespace app {

using engine::MachineDefinition;

// A stored VBoxManage setting: `key` without dashes, its number glued ("vrdeport", "uart1").
QString inertValue(const MachineDefinition &definition, const QString &key,
                   const QString &fallback = {});
void setInertValue(MachineDefinition &definition, const QString &key, const QJsonValue &value);

QString firmwareWord(engine::Firmware firmware);
engine::Result<engine::Firmware> firmwareFromWord(const QString &word);
QString tpmWord(engine::TpmModel model);
engine::Result<engine::TpmModel> tpmFromWord(const QString &word);
QString chipsetWord(engine::Chipset chipset);
engine::Result<engine::Chipset> chipsetFromWord(const QString &word);
QString graphicsWord(const MachineDefinition &definition);
engine::Result<engine::VideoModel> videoFromWord(const QString &word);
QString pointingWord(engine::PointingDevice device);
engine::Result<engine::PointingDevice> pointingFromWord(const QString &word);
QString keyboardWord(engine::KeyboardDevice device);
engine::Result<engine::KeyboardDevice> keyboardFromWord(const QString &word);
QString sharingWord(engine::SharingMode mode); // as showvminfo says it
engine::Result<engine::SharingMode> sharingFromWord(const QString &word);
QString audioWord(const MachineDefinition &definition); // the audio driver's: "none", "default"
QString audioControllerWord(engine::AudioModel model);
QString recordingSizeWord(const engine::RecordingSettings &recording); // "1024x768", "screen"
engine::Result<> setRecordingSize(engine::RecordingSettings &recording, const QString &word);
// "vc_enabled=true,ac_enabled=false,...": pictures and sound. What means nothing here is kept as it
// is.
QString recordingOptionsWord(const engine::MachineDefinition &definition);
engine::Result<> setRecordingOptions(engine::MachineDefinition &definition, const QString &word);

QString controllerTypeWord(const MachineDefinition &definition,
                           const engine::StorageController &controller);
int maximumPorts(engine::ControllerKind kind);
int devicesPerPort(engine::ControllerKind kind);

// The four places of --boot1..4; the definition knows only the order of those that are filled.
using BootSlots = std::array<std::optional<engine::BootDevice>, 4>;
BootSlots bootSlots(const MachineDefinition &definition);
void setBootSlots(MachineDefinition &definition, const BootSlots &slots_);
QString bootWord(const std::optional<engine::BootDevice> &device);
engine::Result<std::optional<engine::BootDevice>> bootFromWord(const QString &word);

// The type as VirtualBox knows it, with the words the machine was made with when they still fit.
struct OsTypeWords
{
    QString id;
    QString description;
};
OsTypeWords osTypeWords(const MachineDefinition &definition);

} // namespace app
