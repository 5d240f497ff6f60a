// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/screenshot_delivery.h"

#include "engine/drivers/picture_file.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFile>

namespace engine {

QString screenshotPlace(const QUuid &machine)
{
    return QStringLiteral("%1/screenshot-%2.png")
        .arg(paths::runFolder(machine), QUuid::createUuid().toString(QUuid::Id128));
}

Result<> deliverScreenshot(const QString &place, const QString &path)
{
    Result<> delivered = copyPicture(place, path);
    QFile::remove(place);
    return delivered;
}

} // namespace engine
