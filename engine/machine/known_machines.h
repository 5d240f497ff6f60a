// SPDX-License-Identifier: GPL-3.0-or-later
// The user's list of machines, $XDG_CONFIG_HOME/vitrine/machines.json: paths outside the default
// machine folder, machines inside it that the user took off the list, and where that folder is.
// Changes are made on the newest contents, under a lock, since several programs make them.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QJsonObject>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <functional>

namespace engine {

// A machine's folder on its way to another place. Written before anything moves and taken out when
// all is done: whoever finds one that nobody works on knows which of the two folders is the machine
// (the new one as soon as it exists) and what is left to clean up.
struct MachineMoveRecord
{
    QString from;
    QString to;

    bool operator==(const MachineMoveRecord &) const = default;
};

struct KnownMachines
{
    QString machineFolder; // empty: the default
    QStringList folders;
    QStringList hidden;
    QList<MachineMoveRecord> moves = {};
    QJsonObject unknownKeys = {};

    bool operator==(const KnownMachines &) const = default;
};

QString knownMachinesPath(const QString &configFolder);

// A missing file is an empty list.
Result<KnownMachines> readKnownMachines(const QString &configFolder);

Result<KnownMachines> changeKnownMachines(const QString &configFolder,
                                          const std::function<void(KnownMachines &)> &change);

} // namespace engine
