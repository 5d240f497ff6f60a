// SPDX-License-Identifier: GPL-3.0-or-later
// Media as the VBoxManage dialect knows them: things with a UUID that can be listed. A medium's
// UUID is made from its path (disk_image.h), so only the paths need keeping: those of images made
// or shown here and not yet attached, in $XDG_CONFIG_HOME/vitrine/media.json.
#pragma once

#include "app/cli/session.h"

namespace app {

class MediumList final
{
public:
    static QStringList read(); // absolute paths; files that are gone are left out
    static Result<> add(const QString &path);
    static Result<> remove(const QString &path);
};

// Everything known of a kind: used by a machine, or on the list.
QStringList knownMedia(Session &session, engine::MediumKind kind);
engine::MediumKind mediumKindOf(const QString &path); // by its suffix

// A path or a UUID of a known medium to an absolute path of an existing file.
Result<QString> findMedium(Session &session, const QString &pathOrUuid);

// The names of the machines that have it attached.
QList<engine::MachineEntry> machinesUsing(Session &session, const QString &path);

} // namespace app
