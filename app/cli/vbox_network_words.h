// SPDX-License-Identifier: GPL-3.0-or-later
// VirtualBox's words for network adapters, as vbox_words.h.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

namespace app {

using engine::MachineDefinition;

QString networkWord(engine::NetworkMode mode);
engine::Result<engine::NetworkMode> networkFromWord(const QString &word);
QString nicTypeWord(engine::NicModel model);
engine::Result<engine::NicModel> nicTypeFromWord(const QString &word);

// "52:54:00:12:34:56" <-> "525400123456"
QString macWord(const QString &macAddress);
engine::Result<QString> macFromWord(
    const QString &word); // also "auto": a random one under VirtualBox's prefix

// "name,tcp,127.0.0.1,2222,,22" <-> a rule.
QString forwardWord(const engine::PortForward &forward);
engine::Result<engine::PortForward> forwardFromWord(const QString &word);

// Adapter `number` (from 1), made when the list is shorter.
engine::NetworkAdapter &adapterAt(MachineDefinition &definition, int number);

} // namespace app
