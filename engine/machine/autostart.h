// SPDX-License-Identifier: GPL-3.0-or-later
// Machines that start with the user's session: one systemd user unit each, vitrine-<uuid>.service
// in $XDG_CONFIG_HOME/systemd/user, enabled by a link in default.target.wants (systemd.unit(5)).
// The unit starts the machine headless and saves its state when the session ends. MachineStore
// keeps units and definitions in step.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>

namespace engine {

// Where the units are, beside the programs' own folder of settings.
QString autostartUnitFolder(const QString &configFolder);
QString autostartUnitName(const QUuid &uuid);
// The unit's text; `program` is vitrinectl's path.
QByteArray autostartUnit(const MachineDefinition &definition, const QString &program);

// Makes, changes or removes the machine's unit, as its definition says.
Result<> writeAutostart(const MachineDefinition &definition, const QString &unitFolder);
Result<> removeAutostart(const QUuid &uuid, const QString &unitFolder);
bool hasAutostart(const QUuid &uuid, const QString &unitFolder);
QList<QUuid> autostartUnits(const QString &unitFolder);

// Why machines cannot start by themselves on this computer; nothing where systemd runs.
std::optional<Error> autostartProblem();
// A user's session begins with the first login. With lingering it begins with the computer
// (loginctl(1), enable-linger), and that is for the user to decide.
bool isLingering();
QString lingerCommand();

} // namespace engine
