// SPDX-License-Identifier: GPL-3.0-or-later
// Groups are paths in the machines' definitions, as VirtualBox writes them: "/", "/work",
// "/work/clients". A group exists while a machine is in it. The list shows a machine in the first
// group it names.
#pragma once

#include "engine/machine/machine_definition.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace ui::groups {

QString of(const engine::MachineDefinition &definition); // "/" for none
QStringList withGroup(const engine::MachineDefinition &definition, const QString &group);

QString parentOf(const QString &group); // "/" for a top-level one
QString nameOf(const QString &group); // "clients"
QString join(const QString &parent, const QString &name);
bool isInside(const QString &group, const QString &ancestor); // itself too
// What cannot be a group's name, as a sentence; empty when it can.
QString nameProblem(const QString &name);

} // namespace ui::groups
