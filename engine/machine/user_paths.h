// SPDX-License-Identifier: GPL-3.0-or-later
// Every directory and file name of the user's that the programs use, in one place.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>
#include <QtCore/QUuid>

namespace engine::paths {

QString configFolder(); // $XDG_CONFIG_HOME/vitrine
QString cacheFolder(); // $XDG_CACHE_HOME/vitrine
QString osDataFolder(); // $XDG_DATA_HOME/vitrine/osinfo: updates of the data on guest systems
QString defaultMachineFolder(); // ~/Vitrine, used until the user chooses another
QString runtimeFolder(); // $XDG_RUNTIME_DIR/vitrine, else /tmp/vitrine-<uid>
QString runFolder(const QUuid &uuid); // runtimeFolder()/<uuid>
QString controlSocket(const QUuid &uuid); // runFolder()/control
QString logFile(const QString &machineFolder); // <folder>/Logs/vitrine.log

// Makes the folder with mode 0700 and refuses one that belongs to somebody else.
Result<> makePrivateFolder(const QString &folder);

// The installed or built tree this program runs from: where siblings, modules and data are.
QString programPath(const QString &program); // "vitrine-vm" beside this program
QString moduleFolder(); // lib/vitrine of the same tree
QString dataFolder(); // share/vitrine of the same tree, or the sources'

} // namespace engine::paths
