// SPDX-License-Identifier: GPL-3.0-or-later
// Where the guest tools' disc is made (engine/media/guest_tools.h): in the user's data, where it
// stays, as machines may have it in a drive.
#pragma once

#include <QtCore/QStandardPaths>
#include <QtCore/QString>

namespace engine {

inline QString guestToolsImage()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + QStringLiteral("/vitrine/guest-tools/vitrine-guest-tools.iso");
}

} // namespace engine
