// SPDX-License-Identifier: GPL-3.0-or-later
// Facts of one medium as text: `list hdds`, `showmediuminfo`.
#pragma once

#include "app/cli/session.h"
#include "engine/media/disk_image.h"

#include <QtCore/QJsonObject>

namespace app {

struct MediumView
{
    QString path;
    engine::MediumKind kind = engine::MediumKind::HardDisk;
    engine::ImageInfo info;
    std::optional<engine::Error> error; // unreadable: "inaccessible"
    QStringList users; // "name (UUID: ...)"
    bool isRunning = false; // in use by a running machine
};

// `users` by the machines of the session.
MediumView viewMedium(Session &session, const QString &path, engine::MediumKind kind);
// Sizes of disks are asked from qemu-img, some ten milliseconds each.
QString mediumText(const MediumView &view, bool isLong);
QJsonObject mediumJson(const MediumView &view);

QString imageFormatWord(engine::ImageFormat format); // "VDI"
engine::ImageFormat imageFormatFromWord(const QString &word);
QString imageSuffix(engine::ImageFormat format);

} // namespace app
